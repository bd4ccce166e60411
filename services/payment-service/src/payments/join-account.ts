import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';

// The account's row keeps it for a payment that is opened later, by who asked order before the order had joined.
const JOIN = `
  with account as (
    insert into subject_accounts as a (subject_id, user_id) values ($1, $2)
    on conflict (subject_id) do update set updated_at = now(),
      user_id = case when a.buyer_forgotten_at is null then excluded.user_id end
    returning subject_id, user_id),
  refunded as (
    update refunds set user_id = (select user_id from account) where subject_id = (select subject_id from account) and user_id is null)
  update payments set user_id = (select user_id from account) where subject_id = (select subject_id from account) and user_id is null`;

/** A guest's order joined an account: its payments and refunds are found among the account's. One that is nobody's stays so. */
@Injectable()
export class JoinAccount {
  async execute(tx: SqlTx, order: { readonly orderId: string; readonly userId: string }): Promise<void> {
    await tx.query(JOIN, [order.orderId, order.userId]);
  }
}
