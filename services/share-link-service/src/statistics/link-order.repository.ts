import { Injectable } from '@nestjs/common';
import type { Sql } from '@reseller/persistence';

/** What every event of an order says. */
interface LinkOrder {
  readonly orderId: string;
  readonly shareLinkId: string;
  readonly totalPaise: bigint;
}

/*
 * One row of facts per order, unique by order: each event sets its own fact and none undoes another's, so duplicates,
 * republished events and any order of arrival end in the same row. Figures are summed from these rows when asked for;
 * there is no counter that could drift.
 */
const PAID = `insert into link_orders as known (order_id, share_link_id, total_paise, paid_at) values ($1, $2, $3, $4)
  on conflict (order_id) do update set paid_at = excluded.paid_at where known.paid_at is null`;

const REFUNDED = `insert into link_orders as known (order_id, share_link_id, total_paise, refunded_paise) values ($1, $2, $3, $4)
  on conflict (order_id) do update set refunded_paise = excluded.refunded_paise
    where known.refunded_paise < excluded.refunded_paise`;

@Injectable()
export class LinkOrderRepository {
  async setPaid(sql: Pick<Sql, 'query'>, order: LinkOrder, paidAt: Date): Promise<void> {
    await sql.query(PAID, [order.orderId, order.shareLinkId, order.totalPaise, paidAt]);
  }

  /** @param refundedTotalPaise what was refunded so far in all; the largest seen counts. */
  async setRefunded(sql: Pick<Sql, 'query'>, order: LinkOrder, refundedTotalPaise: bigint): Promise<void> {
    await sql.query(REFUNDED, [order.orderId, order.shareLinkId, order.totalPaise, refundedTotalPaise]);
  }
}
