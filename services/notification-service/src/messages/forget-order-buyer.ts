import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { REFUND_FAILED } from '../templates/payment-wording.js';

/** Whether a message, or the draft of one, is to who bought: sellers are told of commission, and nothing of the buyer. */
const isToBuyer = (of: string): string =>
  `(${of}.category = 'ORDER' or (${of}.category = 'PAYMENT' and ${of}.template <> '${REFUND_FAILED}'))`;

/** Whether a draft is to a buyer who was forgotten. */
export const IS_TO_NOBODY = `(${isToBuyer('draft')} and exists (
  select 1 from anonymised_orders forgotten where forgotten.order_id = draft.order_id))`;

const FORGET = `with forgotten as (
    insert into anonymised_orders (order_id) values ($1) on conflict (order_id) do nothing)
  delete from messages where order_id = $1 and ${isToBuyer('messages')}`;

/** What was queued at the very moment of the tombstone, which neither of the two could see of the other. */
export const FORGET_LATE = `delete from messages using anonymised_orders forgotten
  where forgotten.order_id = messages.order_id and forgotten.heard_at > now() - interval '1 day'
    and ${isToBuyer('messages')}`;

/**
 * An order's customer was deleted: what was written to them goes. The tombstone keeps away what comes later: payment tells
 * of its refunds with the buyer as it knew them.
 */
@Injectable()
export class ForgetOrderBuyer {
  async execute(tx: SqlTx, orderId: string): Promise<void> {
    await tx.query(FORGET, [orderId]);
  }
}
