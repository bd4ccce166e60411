import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { holdAddress, keepVerifiedEmail } from '../copies/verified-emails.js';
import { joinAccount } from './order-buyer.js';
import { changeOrder } from './order.repository.js';

const OF_GUEST = `select id from orders where user_id is null and buyer_email = $1 order by id`;

/**
 * An account has proved that an address is its own: the guest orders placed with it become the account's, and those that
 * follow begin as such (`placing-context.ts`). One that is being placed meanwhile is seen here or sees this.
 */
@Injectable()
export class JoinGuestOrders {
  async execute(tx: SqlTx, verified: { readonly userId: string; readonly email: string }): Promise<void> {
    const email = verified.email.trim().toLowerCase();
    await holdAddress(tx, email);
    await keepVerifiedEmail(tx, { ...verified, email });
    const orders = await tx.query<{ id: string }>(OF_GUEST, [email]);
    for (const { id } of orders) await changeOrder(tx, id, (order, now) => joinAccount(order, verified.userId, now));
  }
}
