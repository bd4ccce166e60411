import type { Sql } from '@reseller/persistence';

export interface DueReconciliation {
  readonly paymentId: string;
  readonly razorpayOrderId: string;
  readonly businessId: string;
}

/** Late authorization: https://razorpay.com/docs/payments/payments/late-authorization/ */
const REACH_DAYS = 5;
const DELAY_MAX_HOURS = 24;

// The next time is set as it is taken, so that of two instances one asks, and one that dies is followed by the next round.
// The last round comes at the end of the fifth day; after it there is none. What is captured waits for that one.
const CLAIM = `
  update payments p set reconcile_attempts = reconcile_attempts + 1,
    reconcile_at = case when now() >= p.created_at + interval '${REACH_DAYS} days' then null
      when p.captured_at is not null then p.created_at + interval '${REACH_DAYS} days'
      else least(
        now() + least(make_interval(secs => $2::double precision / 1000 * power(2, least(p.reconcile_attempts + 1, 30))),
          interval '${DELAY_MAX_HOURS} hours'),
        p.created_at + interval '${REACH_DAYS} days') end
  where id = any (array(
    select id from payments where reconcile_at <= now() order by reconcile_at limit $1 for update skip locked))
  returning id as "paymentId", razorpay_order_id as "razorpayOrderId", business_id as "businessId"`;

export function claimDueReconciliations(sql: Sql, limit: number, firstDelayMs: number): Promise<DueReconciliation[]> {
  return sql.query<DueReconciliation>(CLAIM, [limit, firstDelayMs]);
}
