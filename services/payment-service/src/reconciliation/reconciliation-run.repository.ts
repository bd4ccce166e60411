import type { Sql, SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import type { Finding } from './finding.js';
import type { HeldOrder } from './reconcile-order.js';
import type { LeasedRun, RunRequest } from './reconciliation-run.js';

/** Longer than a batch can take, which asks Razorpay a few times with a timeout of seconds. */
const LEASE_SECONDS = 120;

const RUN_COLUMNS = `id, scope, business_id as "businessId", subject_id as "subjectId", payment_id as "paymentId",
  from_at as "from", to_at as "to", lease_token as "leaseToken", reached_id as "reachedId"`;

// What is asked for while it runs already is that run.
const START = `
  with started as (
    insert into reconciliation_runs (id, origin, status, requested_by, scope, business_id, subject_id, payment_id, from_at, to_at)
    values ($1, 'ADMIN', 'RUNNING', $2, $3, $4, $5, $6, $7, $8)
    on conflict (scope, coalesce(business_id::text, ''), coalesce(subject_id::text, ''), coalesce(payment_id::text, ''),
      coalesce(from_at, '-infinity'), coalesce(to_at, 'infinity')) where status = 'RUNNING' and origin = 'ADMIN'
    do update set scope = excluded.scope returning id, id = $1 as "isNew")
  select id, "isNew" from started`;

/** @returns the run, and whether this call has started it */
export async function startRun(
  tx: SqlTx,
  request: RunRequest,
  requestedBy: string,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const [run] = await tx.query<{ id: string; isNew: boolean }>(START, [
    newId(),
    requestedBy,
    request.scope,
    request.businessId,
    request.subjectId,
    request.paymentId,
    request.from,
    request.to,
  ]);
  if (run === undefined) throw new Error('an upsert returns its row');
  return run;
}

const CLAIM = `
  update reconciliation_runs set lease_token = $1, lease_until = now() + interval '${LEASE_SECONDS} seconds'
  where id = (
    select id from reconciliation_runs
    where status = 'RUNNING' and origin = 'ADMIN' and lease_until <= now() and ($2::uuid is null or id = $2)
    order by lease_until limit 1 for update skip locked)
  returning ${RUN_COLUMNS}`;

/** Leases a run for one batch. Whoever dies with it is followed by another, who goes on where the last batch ended. */
export async function claimRun(sql: Sql, onlyId: string | null = null): Promise<LeasedRun | undefined> {
  const [run] = await sql.query<LeasedRun>(CLAIM, [newId(), onlyId]);
  return run;
}

// One Razorpay order a row: the payment that it was made for. Refunds of further captures are its order's too.
const IN_SCOPE = {
  OPEN: `p.razorpay_order_id in (
    select razorpay_order_id from payments where reconcile_at is not null and captured_at is null
    union select owing.razorpay_order_id from refunds r join payments owing on owing.id = r.payment_id
    where r.status not in ('PROCESSED', 'CALLED_OFF'))`,
  ORDER: `p.subject_id = $4`,
  PAYMENT: `p.razorpay_order_id = (select razorpay_order_id from payments where id = $5)`,
  RANGE: `p.created_at >= $6 and p.created_at < $7`,
} as const;
// Each statement names all parameters, so that they are the same for all.
const NEXT = (condition: string): string => `
  select p.id as "paymentId", p.razorpay_order_id as "razorpayOrderId" from payments p
  where p.holds_razorpay_order and ($1::uuid is null or p.id > $1) and ($3::uuid is null or p.business_id = $3) and (${condition})
    and ($4::uuid is null or true) and ($5::uuid is null or true)
    and ($6::timestamptz is null or true) and ($7::timestamptz is null or true)
  order by p.id limit $2`;
const NEXT_IN = {
  OPEN: NEXT(IN_SCOPE.OPEN),
  ORDER: NEXT(IN_SCOPE.ORDER),
  PAYMENT: NEXT(IN_SCOPE.PAYMENT),
  RANGE: NEXT(IN_SCOPE.RANGE),
} as const;

export function nextOrders(sql: Sql, run: LeasedRun, limit: number): Promise<HeldOrder[]> {
  const { reachedId, businessId, subjectId, paymentId, from, to } = run;
  return sql.query<HeldOrder>(NEXT_IN[run.scope], [reachedId, limit, businessId, subjectId, paymentId, from, to]);
}

// $2 is an array of findings as JSON, so that one statement writes them all.
const FINDINGS = (run: string): string => `
  insert into reconciliation_items (id, run_id, payment_id, kind, outcome, detail, razorpay_payment_id, razorpay_refund_id,
    our_status, gateway_status, our_paise, gateway_paise)
  select f.id, ${run}.id, f."paymentId", f.kind, f.outcome, f.detail, f."razorpayPaymentId", f."razorpayRefundId",
    f."ourStatus", f."gatewayStatus", f."ourPaise", f."gatewayPaise"
  from ${run}, jsonb_to_recordset($2::jsonb) as f (id uuid, "paymentId" uuid, kind text, outcome text, detail text,
    "razorpayPaymentId" text, "razorpayRefundId" text, "ourStatus" text, "gatewayStatus" text, "ourPaise" bigint,
    "gatewayPaise" bigint)
  on conflict do nothing`;

const ADD_TO_RUN = `with run as (select $1::uuid as id) ${FINDINGS('run')}`;

/** Writes down what was found, whoever holds the lease: it was found, and once repaired nobody finds it again. */
export async function addToRun(sql: Sql, { id }: LeasedRun, findings: readonly Finding[]): Promise<void> {
  await sql.query(ADD_TO_RUN, [id, asJson(findings)]);
}

const ADVANCE = `
  update reconciliation_runs set reached_id = $3, checked = checked + $4, lease_token = null, lease_until = now(),
    status = case when $5 then 'DONE' else status end, finished_at = case when $5 then now() end
  where id = $1 and lease_token = $2`;

export interface Batch {
  readonly reachedId: string | null;
  readonly checked: number;
  readonly isLast: boolean;
}

/** Writes down how far the run is. Does nothing where somebody else holds the lease by now. */
export async function advanceRun(sql: Sql, run: LeasedRun, { reachedId, checked, isLast }: Batch): Promise<void> {
  await sql.query(ADVANCE, [run.id, run.leaseToken, reachedId, checked, isLast]);
}

// The day is India's, as in the numbers of refunds.
const ADD_TO_DAY = `
  with run as (
    insert into reconciliation_runs as r (id, origin, scope, status, business_id, for_day, checked)
    values ($1, 'SCHEDULE', 'OPEN', 'RUNNING', $3, (now() at time zone 'Asia/Kolkata')::date, $4)
    on conflict (business_id, for_day) where origin = 'SCHEDULE' do update set checked = r.checked + excluded.checked
    returning id)
  ${FINDINGS('run')}`;

export interface DayFigures {
  readonly businessId: string;
  readonly checked: number;
  readonly findings: readonly Finding[];
}

/** Adds what the schedule found to the report of today. */
export async function addToDay(sql: Sql, { businessId, checked, findings }: DayFigures): Promise<void> {
  await sql.query(ADD_TO_DAY, [newId(), asJson(findings), businessId, checked]);
}

function asJson(findings: readonly Finding[]): string {
  return JSON.stringify(
    findings.map((finding) => ({ id: newId(), ...finding })),
    (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  );
}
