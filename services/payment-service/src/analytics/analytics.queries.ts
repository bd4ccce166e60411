import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import type { PaymentStatus } from '../payments/payment-status.js';
import type { Provider } from '../payments/payment.js';
import type { Interval, Range, TimeZone } from './period.js';

export interface AnalyticsRequest {
  readonly range: Range;
  readonly interval: Interval;
  readonly timeZone: TimeZone;
  /** The administrator's own, and the one that is asked for: where they differ there is nothing to see. Null is every one. */
  readonly ownBusinessId: string | null;
  readonly businessId: string | null;
  readonly provider: Provider | null;
}

/** A period by its first day where the business is; null is the whole range. */
interface OfPeriod {
  readonly period: string | null;
}

export interface CohortRow extends OfPeriod, Readonly<Record<PaymentStatus, number>> {
  readonly payments: number;
  readonly succeeded: number;
  /** Captured, and settled no order. */
  readonly wentBack: number;
}

export interface CapturedRow extends OfPeriod {
  /** Null: of all methods. */
  readonly method: string | null;
  readonly payments: number;
  readonly amountPaise: bigint;
  readonly feePaise: bigint;
  readonly feeTaxPaise: bigint;
  /** The same of what settled no order and goes back. */
  readonly strays: number;
  readonly strayPaise: bigint;
  readonly strayFeePaise: bigint;
  readonly strayFeeTaxPaise: bigint;
}

export interface RefundedRow extends OfPeriod {
  readonly refunds: number;
  readonly refundedPaise: bigint;
}

export interface AnalyticsFigures {
  /** First days of all periods of the range, those without payments too. */
  readonly periods: readonly string[];
  readonly cohorts: readonly CohortRow[];
  readonly captured: readonly CapturedRow[];
  readonly refunded: readonly RefundedRow[];
}

/** The wait for figures ends here: who asks for a year of millions asks for less, or again at night. */
const TIMEOUT_MS = 10_000;

const periodOf = (column: string): string => `to_char(date_trunc($3, ${column} at time zone $4), 'YYYY-MM-DD')`;
const IN_BUSINESS = `($5::uuid is null or business_id = $5) and ($6::uuid is null or business_id = $6)`;

// Counts are of payments that were opened in the period, whatever became of them since.
export const COHORTS = `
  select case when grouping(period) = 0 then period end as period, count(*)::int as payments,
    count(*) filter (where settles)::int as succeeded,
    count(*) filter (where captured_at is not null and not settles)::int as "wentBack",
    count(*) filter (where status = 'PENDING')::int as "PENDING",
    count(*) filter (where status = 'PROCESSING')::int as "PROCESSING",
    count(*) filter (where status = 'SUCCESS')::int as "SUCCESS",
    count(*) filter (where status = 'FAILED')::int as "FAILED",
    count(*) filter (where status = 'PARTIALLY_REFUNDED')::int as "PARTIALLY_REFUNDED",
    count(*) filter (where status = 'REFUNDED')::int as "REFUNDED",
    count(*) filter (where status = 'INTEGRITY_FAILED')::int as "INTEGRITY_FAILED"
  from (
    select ${periodOf('created_at')} as period, status, settles, captured_at from payments
    where created_at >= $1 and created_at < $2 and ${IN_BUSINESS}
      and ($7::text is null or provider = $7)) opened
  group by grouping sets ((period), ())`;

// Money is of the period in which it came: what settled its order, and beside it what settled none. Razorpay keeps its fee
// of both, so the fees of the second are a loss of their own and not the price of the first.
export const CAPTURED = `
  select case when grouping(period) = 0 then period end as period, case when grouping(method) = 0 then method end as method,
    count(*) filter (where settles)::int as payments,
    coalesce(sum(captured_paise) filter (where settles), 0)::bigint as "amountPaise",
    coalesce(sum(fee_paise) filter (where settles), 0)::bigint as "feePaise",
    coalesce(sum(fee_tax_paise) filter (where settles), 0)::bigint as "feeTaxPaise",
    count(*) filter (where not settles)::int as strays,
    coalesce(sum(captured_paise) filter (where not settles), 0)::bigint as "strayPaise",
    coalesce(sum(fee_paise) filter (where not settles), 0)::bigint as "strayFeePaise",
    coalesce(sum(fee_tax_paise) filter (where not settles), 0)::bigint as "strayFeeTaxPaise"
  from (
    select ${periodOf('captured_at')} as period, coalesce(method, provider) as method, settles, captured_paise, fee_paise,
      fee_tax_paise
    from payments
    where captured_at >= $1 and captured_at < $2 and ${IN_BUSINESS}
      and ($7::text is null or provider = $7)) came
  group by grouping sets ((period), (method), ())`;

// Refunds of money that never settled an order were never revenue.
export const REFUNDED = `
  select case when grouping(period) = 0 then period end as period, count(*)::int as refunds,
    coalesce(sum(amount_paise), 0)::bigint as "refundedPaise"
  from (
    select ${periodOf('processed_at')} as period, amount_paise from refunds
    where processed_at >= $1 and processed_at < $2 and ${IN_BUSINESS} and settles_order
      and ($7::text is null or exists (select 1 from payments where payments.id = payment_id and provider = $7))) went
  group by grouping sets ((period), ())`;

const PERIODS = `
  select to_char(start, 'YYYY-MM-DD') as start from generate_series(
    date_trunc($3, $1::timestamptz at time zone $4), ($2::timestamptz at time zone $4) - interval '1 millisecond',
    ('1 ' || $3)::interval) as start`;

@Injectable()
export class AnalyticsQueries {
  constructor(private readonly database: Database) {}

  /** All figures as they were at one moment. */
  figures(request: AnalyticsRequest): Promise<AnalyticsFigures> {
    const params = paramsOf(request);
    return this.database.sqlTransaction(
      async (tx) => ({
        periods: (await tx.query<{ start: string }>(PERIODS, params.slice(0, 4))).map(({ start }) => start),
        cohorts: await tx.query<CohortRow>(COHORTS, params),
        captured: await tx.query<CapturedRow>(CAPTURED, params),
        refunded: await tx.query<RefundedRow>(REFUNDED, params),
      }),
      { isolation: 'REPEATABLE READ', timeoutMs: TIMEOUT_MS },
    );
  }
}

/** What the statements take, the first four of them those of the range. */
export function paramsOf({
  range,
  interval,
  timeZone,
  ownBusinessId,
  businessId,
  provider,
}: AnalyticsRequest): unknown[] {
  return [range.from, range.to, interval, timeZone, ownBusinessId, businessId, provider];
}
