import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';

/** One statement for however many orders; each gets its version and its row of history. */
const JOIN = `with joined as (
    update orders set user_id = $1::uuid, version = version + 1, updated_at = clock_timestamp()
    where user_id is null and buyer_email = $2 returning id, version, status, updated_at)
  insert into order_history (order_id, version, what, from_status, to_status, actor_role, actor_id, reason, occurred_at)
  select id, version, 'JOINED_ACCOUNT', status, status, 'SYSTEM', 'service:auth', 'The address was verified.', updated_at
  from joined`;

/** An account has proved that an address is its own: the guest orders placed with it become the account's. */
@Injectable()
export class JoinGuestOrders {
  async execute(tx: SqlTx, { userId, email }: { userId: string; email: string }): Promise<void> {
    await tx.query(JOIN, [userId, email.trim().toLowerCase()]);
  }
}
