import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, newId, type Clock } from '@reseller/runtime';
import type { PrismaClient, Tenant } from '../generated/prisma/client.js';
import { findPlatformAdmin } from './platform-admin.js';
import type { CreateTenantBody } from './tenants.schemas.js';

@Injectable()
export class CreateTenant {
  constructor(
    private readonly database: Database<PrismaClient>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403 for an administrator of one business. */
  async execute({ name }: CreateTenantBody, caller: Identity): Promise<Tenant> {
    const admin = await findPlatformAdmin(this.database, caller);
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const tenant = await tx.models.tenant.create({ data: { id: newId(), name, createdAt: now, updatedAt: now } });
      await appendToOutbox(tx, [
        adminAction({
          actorId: admin.id,
          action: 'TENANT_CREATED',
          subjectType: 'tenant',
          subjectId: tenant.id,
          before: null,
          after: { name },
          occurredAt: now,
        }),
      ]);
      return tenant;
    });
  }
}
