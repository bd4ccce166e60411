import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { holdCustomer } from '../copies/customers.js';
import { forgetBuyerOf } from './order-buyer.js';
import { changeOrder } from './order.repository.js';

const TOMBSTONE = 'insert into deleted_customers (customer_id) values ($1) on conflict (customer_id) do nothing';
const FORGET_COPY = 'delete from customer_copies where customer_id = $1';
const ORDERS = 'select id from orders where customer_id = $1 and buyer_forgotten_at is null order by id';

/**
 * A customer was deleted: each of their orders loses the person, a finished one now and the others once they are. An order
 * that turns out to be theirs later, or to stay theirs, is found by the tombstone (`learn-customer.ts`).
 */
@Injectable()
export class ForgetCustomer {
  async execute(tx: SqlTx, { customerId }: { readonly customerId: string }): Promise<void> {
    await holdCustomer(tx, customerId);
    await tx.query(TOMBSTONE, [customerId]);
    await tx.query(FORGET_COPY, [customerId]);
    const orders = await tx.query<{ id: string }>(ORDERS, [customerId]);
    for (const { id } of orders) await changeOrder(tx, id, forgetBuyerOf(customerId));
  }
}
