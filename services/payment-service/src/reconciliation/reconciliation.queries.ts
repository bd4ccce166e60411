import { Injectable } from '@nestjs/common';
import type { PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import type { FindingKind, Outcome } from './finding.js';

export interface ReportRecord {
  readonly id: string;
  readonly origin: string;
  readonly scope: string;
  readonly status: string;
  readonly businessId: string | null;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  /** Of the schedule's report of a day. */
  readonly forDay: string | null;
  readonly requestedBy: string | null;
  readonly checked: number;
  readonly repaired: number;
  readonly reported: number;
  readonly notAsked: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface ItemRecord {
  readonly id: string;
  readonly paymentId: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly kind: FindingKind;
  readonly outcome: Outcome;
  readonly detail: string;
  readonly razorpayOrderId: string | null;
  readonly razorpayPaymentId: string | null;
  readonly razorpayRefundId: string | null;
  readonly ourStatus: string | null;
  readonly gatewayStatus: string | null;
  readonly ourPaise: bigint | null;
  readonly gatewayPaise: bigint | null;
  readonly createdAt: Date;
}

export interface ItemFilter {
  readonly outcome: Outcome | null;
  readonly kind: FindingKind | null;
}

// A day's report is done when its day is over.
const IS_OVER = `r.for_day < (now() at time zone 'Asia/Kolkata')::date`;
const REPORTS = `select r.id, r.origin, r.scope,
    case when ${IS_OVER} then 'DONE' else r.status end as status, r.business_id as "businessId", r.subject_id as "orderId",
    r.payment_id as "paymentId", r.from_at as "from", r.to_at as "to", to_char(r.for_day, 'YYYY-MM-DD') as "forDay",
    r.requested_by as "requestedBy", r.checked, r.created_at as "createdAt",
    case when ${IS_OVER} then (r.for_day + 1)::timestamp at time zone 'Asia/Kolkata' else r.finished_at end as "finishedAt",
    counted.repaired, counted.reported, counted.not_asked as "notAsked"
  from reconciliation_runs r cross join lateral (
    select count(*) filter (where outcome = 'REPAIRED')::int as repaired,
      count(*) filter (where outcome = 'REPORTED')::int as reported,
      count(*) filter (where outcome = 'NOT_ASKED')::int as not_asked
    from reconciliation_items i where i.run_id = r.id) counted`;
const MINE = `($1::uuid is null or r.business_id = $1)`;
const LIST = (direction: 'asc' | 'desc') =>
  `${REPORTS} where ${MINE} order by r.created_at ${direction}, r.id ${direction} offset $2 limit $3`;
const NEWEST_FIRST = LIST('desc');
const OLDEST_FIRST = LIST('asc');

const ITEMS = `select i.id, i.payment_id as "paymentId", p.subject_id as "orderId", p.order_number as "orderNumber", i.kind,
    i.outcome, i.detail, p.razorpay_order_id as "razorpayOrderId", i.razorpay_payment_id as "razorpayPaymentId",
    i.razorpay_refund_id as "razorpayRefundId", i.our_status as "ourStatus", i.gateway_status as "gatewayStatus",
    i.our_paise as "ourPaise", i.gateway_paise as "gatewayPaise", i.created_at as "createdAt"
  from reconciliation_items i join payments p on p.id = i.payment_id
  where i.run_id = $1 and i.id > $2 and ($3::text is null or i.outcome = $3) and ($4::text is null or i.kind = $4)
  order by i.id offset $5 limit $6`;
const COUNT_ITEMS = `select count(*)::int as total from reconciliation_items i
  where i.run_id = $1 and ($2::text is null or i.outcome = $2) and ($3::text is null or i.kind = $3)`;

const FIRST = '00000000-0000-0000-0000-000000000000';
const CSV_BATCH = 500;

/** Reports of reconciliation, for administrators: of one business its own, of all every one. */
@Injectable()
export class ReconciliationQueries {
  constructor(private readonly database: Database) {}

  /** @throws 404 RECONCILIATION_NOT_FOUND */
  async get(id: string, ownBusinessId: string | null): Promise<ReportRecord> {
    const [report] = await this.database.query<ReportRecord>(`${REPORTS} where ${MINE} and r.id = $2`, [
      ownBusinessId,
      id,
    ]);
    if (report === undefined) throw notFound('RECONCILIATION_NOT_FOUND', 'There is no such reconciliation.');
    return report;
  }

  async list(
    ownBusinessId: string | null,
    { skip, take, sort }: PageRequest<'createdAt'>,
  ): Promise<{ data: ReportRecord[]; total: number }> {
    const [data, [counted]] = await Promise.all([
      this.database.query<ReportRecord>(sort.descending ? NEWEST_FIRST : OLDEST_FIRST, [ownBusinessId, skip, take]),
      this.database.query<{ total: number }>(`select count(*)::int as total from reconciliation_runs r where ${MINE}`, [
        ownBusinessId,
      ]),
    ]);
    return { data, total: counted?.total ?? 0 };
  }

  async items(
    runId: string,
    { outcome, kind }: ItemFilter,
    { skip, take }: { readonly skip: number; readonly take: number },
  ): Promise<{ data: ItemRecord[]; total: number }> {
    const [data, [counted]] = await Promise.all([
      this.database.query<ItemRecord>(ITEMS, [runId, FIRST, outcome, kind, skip, take]),
      this.database.query<{ total: number }>(COUNT_ITEMS, [runId, outcome, kind]),
    ]);
    return { data, total: counted?.total ?? 0 };
  }

  /** All items in the order in which they were found, read as they are asked for. */
  async *allItems(runId: string): AsyncGenerator<ItemRecord> {
    for (let last = FIRST; ;) {
      const batch = await this.database.query<ItemRecord>(ITEMS, [runId, last, null, null, 0, CSV_BATCH]);
      yield* batch;
      const end = batch.at(-1);
      if (end === undefined || batch.length < CSV_BATCH) return;
      last = end.id;
    }
  }
}
