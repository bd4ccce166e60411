import { Inject, Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, requireVersion, type Clock } from '@reseller/runtime';
import { findActiveAdmin } from '../accounts/active-admin.js';
import { customerChanged } from './customer-changed.js';
import { customerDeleted } from './customer-deleted.js';
import { forgetCustomer } from './customer.repository.js';
import { lockedCustomer } from './locked-customer.js';

/**
 * Forgets a customer. The row stays, without the person: orders that name it may be on their way to be paid, and the
 * business's figures still add up. The orders lose the person too, once they are finished (order-service's matter). The phone
 * is free for somebody new.
 */
@Injectable()
export class DeleteCustomer {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param expectedVersion only this version is deleted; null: whichever stands.
   * @throws 403, 404; 412 VERSION_MISMATCH
   */
  async execute(id: string, expectedVersion: bigint | null, caller: Identity): Promise<void> {
    const admin = await findActiveAdmin(this.database, caller);
    await this.database.sqlTransaction(async (tx) => {
      const before = await lockedCustomer(tx, id, admin);
      requireVersion('customer', expectedVersion, before.version);
      const now = this.clock.now();
      await forgetCustomer(tx, id, now);
      const change = { action: 'CUSTOMER_DELETED', before, after: null, subject: before } as const;
      await appendToOutbox(tx, [
        customerDeleted({ customerId: id, businessId: before.businessId, at: now }),
        customerChanged({ ...change, actorId: admin.id, at: now }),
      ]);
    });
  }
}
