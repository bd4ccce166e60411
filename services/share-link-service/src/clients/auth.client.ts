import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { ROLES } from '@reseller/contracts';
import { ServiceClient } from '@reseller/http';
import { DomainError } from '@reseller/runtime';
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
    try {
      const user = await this.http.get(`/internal/users/${userId}`, userAnswer);
      return user.isActive && user.roles.includes('RESELLER');
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not-found') return false;
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }
}
