import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { ROLES } from '@reseller/contracts';
import { ServiceClient } from '@reseller/http';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';

const userAnswer = z.object({
  id: z.uuid(),
  roles: z.array(z.enum(ROLES)),
  isActive: z.boolean(),
  businessId: z.uuid().nullable(),
});

@Injectable()
export class AuthClient implements OnApplicationShutdown {
  private readonly http: ServiceClient;

  constructor(@Inject(CONFIG) config: ShareLinkServiceConfig) {
    this.http = new ServiceClient({
      self: 'share-link',
      target: 'auth',
      baseUrl: config.AUTH_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
    });
  }

  /** @param businessId the one that they must belong to, null for any. @throws 503 or 504 when auth cannot be asked. */
  async isActiveReseller(userId: string, businessId: string | null): Promise<boolean> {
    const user = await this.http.find(`/internal/users/${userId}`, userAnswer);
    if (user?.isActive !== true || !user.roles.includes('RESELLER')) return false;
    return businessId === null || user.businessId === businessId;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }
}
