import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { forgetPayer } from '../webhooks/forget-payer.js';
import { WITHOUT_BUYER } from './buyer.js';

// First, and by itself: whoever writes a payment of the order holds this row, and is seen by what follows.
const TOMBSTONE = `
  insert into subject_accounts as a (subject_id, buyer_forgotten_at) values ($1, now())
  on conflict (subject_id) do update set user_id = null, updated_at = now(),
    buyer_forgotten_at = coalesce(a.buyer_forgotten_at, excluded.buyer_forgotten_at)`;

const FORGET = `
  with refunded as (update refunds set user_id = null where subject_id = $1)
  update payments set user_id = null, snapshot = ${WITHOUT_BUYER('snapshot')} where subject_id = $1`;

/**
 * The customer of a finished order was deleted: its payments, refunds and webhooks lose the person. The tombstone keeps
 * away what comes later: a late webhook, cash that is told of late, a refund.
 */
@Injectable()
export class ForgetBuyer {
  async execute(tx: SqlTx, { orderId }: { readonly orderId: string }): Promise<void> {
    await tx.query(TOMBSTONE, [orderId]);
    await tx.query(FORGET, [orderId]);
    await forgetPayer(tx, orderId);
  }
}
