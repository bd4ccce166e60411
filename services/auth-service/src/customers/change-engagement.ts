import { Inject, Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { findActiveAdmin } from '../accounts/active-admin.js';
import { customerChanged } from './customer-changed.js';
import type { ChangeEngagementBody } from './customers.schemas.js';
import { moveEngagement } from './engagement.repository.js';
import { lockedCustomer } from './locked-customer.js';

@Injectable()
export class ChangeEngagement {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403, 404 */
  async execute(id: string, { delta, reason = null }: ChangeEngagementBody, caller: Identity): Promise<void> {
    const admin = await findActiveAdmin(this.database, caller);
    await this.database.sqlTransaction(async (tx) => {
      const before = await lockedCustomer(tx, id, admin);
      const engagementScore = await moveEngagement(tx, {
        customerId: id,
        before: before.engagementScore,
        delta,
        reason,
        actor: admin.id,
        orderId: null,
      });
      const change = { action: 'CUSTOMER_ENGAGEMENT_CHANGED', before, after: { ...before, engagementScore } } as const;
      await appendToOutbox(tx, [
        customerChanged({ ...change, subject: before, actorId: admin.id, reason, at: this.clock.now() }),
      ]);
    });
  }
}
