import { Inject, Injectable } from '@nestjs/common';
import { BusinessUpdated } from '@reseller/contracts';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type ModelTx } from '@reseller/persistence';
import { CLOCK, requireVersion, type Clock } from '@reseller/runtime';
import { findActiveAdmin } from '../accounts/active-admin.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import { businessEvent, withChanges, type Business } from './business.js';
import { businessNotFound } from './business.queries.js';
import { businessOf } from './business-row.js';
import { businessChanged } from './business-changed.js';
import { settingsOf, type UpdateBusinessBody } from './businesses.schemas.js';

export interface UpdateBusinessCommand extends Omit<UpdateBusinessBody, 'version'> {
  readonly id: string;
  /** The change is only made to this version; null: to whichever stands. */
  readonly expectedVersion: bigint | null;
}

@Injectable()
export class UpdateBusiness {
  constructor(
    private readonly database: Database<PrismaClient>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403, 404; 412 VERSION_MISMATCH; 422 DEFAULT_BUSINESS_REQUIRED */
  async execute(command: UpdateBusinessCommand, caller: Identity): Promise<Business> {
    const { id, expectedVersion, settings, reason, ...own } = command;
    const admin = await findActiveAdmin(this.database, caller);
    if (admin.businessId !== null && admin.businessId !== id) throw businessNotFound();
    const changes = { ...own, ...settingsOf(settings ?? {}) };

    return this.database.transaction(async (tx) => {
      const before = await this.lock(tx, id);
      requireVersion('business', expectedVersion, before.version);
      const after = withChanges(before, changes, this.clock.now());
      if (after === before) return before;
      const { id: _, ...fields } = after;
      await tx.models.business.update({ where: { id }, data: fields });
      await appendToOutbox(tx, [
        businessEvent(BusinessUpdated, after, admin.id),
        businessChanged({ before, after, actorId: admin.id, reason: reason ?? null }),
      ]);
      return after;
    });
  }

  private async lock(tx: ModelTx<PrismaClient>, id: string): Promise<Business> {
    await tx.query('select id from businesses where id = $1::uuid for no key update', [id]);
    const business = await tx.models.business.findUnique({ where: { id } });
    if (business === null) throw businessNotFound();
    return businessOf(business);
  }
}
