import type { SqlTx } from '@reseller/persistence';

export interface ReturnedOrder {
  readonly orderId: string;
  /** The same for every delivery of one fact. */
  readonly cause: string;
  readonly reason: string;
  readonly amountPaise: bigint;
}

export async function awaitRefund(tx: SqlTx, returned: ReturnedOrder): Promise<void> {
  await tx.query(
    `insert into awaited_refunds (subject_id, cause, amount_paise, reason) values ($1, $2, $3, $4)
     on conflict (subject_id, cause) do nothing`,
    [returned.orderId, returned.cause, returned.amountPaise, returned.reason],
  );
}

export function takeAwaitedRefunds(tx: SqlTx, orderId: string): Promise<ReturnedOrder[]> {
  return tx.query<ReturnedOrder>(
    `delete from awaited_refunds where subject_id = $1
     returning subject_id as "orderId", cause, amount_paise as "amountPaise", reason`,
    [orderId],
  );
}
