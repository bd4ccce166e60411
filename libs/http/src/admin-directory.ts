import type { OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { ROLES } from '@reseller/contracts';
import { forbidden } from '@reseller/runtime';
import type { Identity } from './identity.js';
import type { ServiceClient } from './service-client.js';

const accountSchema = z.object({
  roles: z.array(z.enum(ROLES)),
  isActive: z.boolean(),
  /** The one business they are limited to, null for all; where it is left out, the token is believed. */
  businessId: z.uuid().nullable().optional(),
});

/** Asks the auth service whether an administrator still is one: a token may outlive a dismissal by its 15 minutes. */
export class AdminDirectory implements OnApplicationShutdown {
  constructor(private readonly auth: ServiceClient) {}

  /** @throws 403 when the account is gone, inactive, no longer ADMIN, or one of another business; 503 when auth cannot be asked. */
  async requireStillAdmin(identity: Identity): Promise<void> {
    const account = await this.auth.find(`/internal/users/${identity.userId}`, accountSchema);
    if (account?.isActive !== true || !account.roles.includes('ADMIN')) {
      throw forbidden('FORBIDDEN', 'This account is no longer an administrator.');
    }
    const { businessId = identity.businessId } = account;
    if (businessId !== identity.businessId) {
      throw forbidden('FORBIDDEN', 'This account administers something else now: sign in again.');
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.auth.close();
  }
}
