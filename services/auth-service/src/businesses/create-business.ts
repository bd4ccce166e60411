import { Inject, Injectable } from '@nestjs/common';
import { BusinessCreated, DEFAULT_TENANT_ID } from '@reseller/contracts';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, forbidden, newId, type Clock } from '@reseller/runtime';
import { findActiveAdmin } from '../accounts/active-admin.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import { businessEvent, type Business } from './business.js';
import { businessChanged } from './business-changed.js';
import { defaultSettings, settingsOf, type CreateBusinessBody } from './businesses.schemas.js';

@Injectable()
export class CreateBusiness {
  constructor(
    private readonly database: Database<PrismaClient>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403 for an administrator of one business. */
  async execute(command: CreateBusinessBody, caller: Identity): Promise<Business> {
    const admin = await findActiveAdmin(this.database, caller);
    if (admin.businessId !== null) {
      throw forbidden('FORBIDDEN', 'An administrator of one business cannot open another.');
    }
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const business: Business = await tx.models.business.create({
        data: {
          id: newId(),
          tenantId: DEFAULT_TENANT_ID,
          name: command.name,
          ...defaultSettings(),
          ...settingsOf(command.settings),
          createdAt: now,
          updatedAt: now,
        },
      });
      await appendToOutbox(tx, [
        businessEvent(BusinessCreated, business, admin.id),
        businessChanged({ before: null, after: business, actorId: admin.id }),
      ]);
      return business;
    });
  }
}
