import { Injectable } from '@nestjs/common';
import type { CustomerOrdered, EventOf } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { holdCustomer, isDeleted, keepCustomer } from '../copies/customers.js';
import { forgetBuyerOf } from './order-buyer.js';
import { changeOrder } from './order.repository.js';

// Not a new version of the order: nobody edits this, and who has just placed it must not be told that it has changed. The
// later word counts, whichever is heard of first.
const ASSIGN = `update orders set customer_id = $2, customer_version = $3
  where id = $1 and customer_version < $3 and (customer_id is null or $3 > 1)`;

/** Auth tells whose an order is that named no customer. The next order of the same account knows it when it is placed. */
@Injectable()
export class LearnCustomer {
  async execute(tx: SqlTx, { data, aggregateVersion }: EventOf<typeof CustomerOrdered>): Promise<void> {
    const { orderId, customerId, userId } = data;
    await holdCustomer(tx, customerId);
    await tx.query(ASSIGN, [orderId, customerId, aggregateVersion]);
    if (await isDeleted(tx, customerId)) await changeOrder(tx, orderId, forgetBuyerOf(customerId));
    else if (userId !== null) await keepCustomer(tx, { ...data, userId });
  }
}
