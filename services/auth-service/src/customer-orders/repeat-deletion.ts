import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { customerDeleted } from '../customers/customer-deleted.js';

const DELETED = 'select 1 from customers where id = $1 and business_id = $2 and deleted_at is not null';

/**
 * Who was deleted while their order was being placed was told to be so before there was the order: it is told again. One
 * who is deleted after this look is told so after the order was there.
 */
@Injectable()
export class RepeatDeletion {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async execute(tx: SqlTx, customer: { readonly customerId: string; readonly businessId: string }): Promise<void> {
    const [deleted] = await tx.query(DELETED, [customer.customerId, customer.businessId]);
    if (deleted !== undefined) await appendToOutbox(tx, [customerDeleted({ ...customer, at: this.clock.now() })]);
  }
}
