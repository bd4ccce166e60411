import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { ROLES } from '@reseller/contracts';
import { ServiceClient } from '@reseller/http';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';

const userAnswer = z.object({ id: z.uuid(), roles: z.array(z.enum(ROLES)), isActive: z.boolean() });

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

  /** @throws 503 or 504 when auth cannot be asked. */
  async isActiveReseller(userId: string): Promise<boolean> {
    const user = await this.http.find(`/internal/users/${userId}`, userAnswer);
    return user?.isActive === true && user.roles.includes('RESELLER');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }
}
