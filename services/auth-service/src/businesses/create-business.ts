import { Inject, Injectable } from '@nestjs/common';
import { BusinessCreated } from '@reseller/contracts';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, newId, unprocessable, type Clock } from '@reseller/runtime';
import type { PrismaClient } from '../generated/prisma/client.js';
import { businessEvent, type Business } from './business.js';
import { businessOf } from './business-row.js';
import { businessChanged } from './business-changed.js';
import { findPlatformAdmin } from '../tenants/platform-admin.js';
import { defaultSettings, settingsOf, type CreateBusinessBody } from './businesses.schemas.js';

@Injectable()
export class CreateBusiness {
  constructor(
    private readonly database: Database<PrismaClient>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403 for an administrator of one business; 422 TENANT_NOT_FOUND */
  async execute(command: CreateBusinessBody, caller: Identity): Promise<Business> {
    const admin = await findPlatformAdmin(this.database, caller);
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const tenant = await tx.models.tenant.findUnique({ where: { id: command.tenantId } });
      if (tenant === null) throw unprocessable('TENANT_NOT_FOUND', 'There is no such tenant.');
      const row = await tx.models.business.create({
        data: {
          id: newId(),
          tenantId: command.tenantId,
          name: command.name,
          ...defaultSettings(),
          ...settingsOf(command.settings),
          createdAt: now,
          updatedAt: now,
        },
      });
      const business = businessOf(row);
      await appendToOutbox(tx, [
        businessEvent(BusinessCreated, business, admin.id),
        businessChanged({ before: null, after: business, actorId: admin.id }),
      ]);
      return business;
    });
  }
}
