import { outboxCte, outboxParam } from '@reseller/messaging';
import type { DomainEvent } from '@reseller/contracts';
import type { Sql, SqlTx } from '@reseller/persistence';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { gatewayStatesBefore, statesBefore, type GatewayStatus } from './payment-status.js';
import type { Payment, SubjectAccount } from './payment.js';

/*
 * Rows ↔ domain. Everything that changes money locks the subject's account first and its payment second, always in that
 * order. A lock that had to be waited for shows the locked row anew, but other rows as they were before the wait: so
 * what is decided upon is read from locked rows only.
 */

export const PAYMENT_COLUMNS = `p.id, p.subject_id as "subjectId", p.order_number as "orderNumber",
  p.business_id as "businessId", p.user_id as "userId", p.provider, p.status, p.gateway_status as "gatewayStatus",
  p.amount_paise as "amountPaise", p.currency, p.method, p.is_open as "isOpen", p.settles, p.receipt,
  p.razorpay_order_id as "razorpayOrderId", p.holds_razorpay_order as "holdsRazorpayOrder",
  p.razorpay_payment_id as "razorpayPaymentId", p.captured_paise as "capturedPaise",
  p.refund_committed_paise as "refundCommittedPaise", p.refunded_paise as "refundedPaise",
  p.failure_reason as "failureReason", p.snapshot, p.created_at as "createdAt", p.updated_at as "updatedAt",
  p.captured_at as "capturedAt"`;

const ACCOUNT_COLUMNS = `a.subject_id as "accountSubjectId", a.version, a.settling_payment_id as "settlingPaymentId",
  a.failed_attempts as "failedAttempts", a.closed_at as "closedAt"`;

/** An order's account and one of its payments, both locked. */
export interface Locked {
  readonly account: SubjectAccount;
  readonly payment: Payment;
  /** The database's, for instances whose clocks differ. */
  readonly now: Date;
}

type LockedRow = Payment & Omit<SubjectAccount, 'subjectId'> & { accountSubjectId: string; now: Date };

const LOCK = (which: string) => `
  with a as materialized (
    select * from subject_accounts where subject_id = (select subject_id from payments p where ${which}) for update)
  select ${ACCOUNT_COLUMNS}, ${PAYMENT_COLUMNS}, now() as now
  from a join payments p on p.subject_id = a.subject_id and ${which} for update of p`;

const LOCK_HOLDER = LOCK('p.razorpay_order_id = $1 and p.holds_razorpay_order');
const LOCK_BY_ID = LOCK('p.id = $1');
const LOCK_BY_RAZORPAY_PAYMENT = LOCK('p.razorpay_payment_id = $1 and p.captured_at is not null');

async function lock(tx: SqlTx, statement: string, key: string): Promise<Locked | undefined> {
  const [row] = await tx.query<LockedRow>(statement, [key]);
  if (row === undefined) return undefined;
  const { accountSubjectId, version, settlingPaymentId, failedAttempts, closedAt, now, ...payment } = row;
  return {
    account: { subjectId: accountSubjectId, version, settlingPaymentId, failedAttempts, closedAt },
    payment,
    now,
  };
}

/** Locks by the Razorpay order; the payment is the one that it was made for. */
export const lockHolder = (tx: SqlTx, razorpayOrderId: string) => lock(tx, LOCK_HOLDER, razorpayOrderId);

export const lockPayment = (tx: SqlTx, paymentId: string) => lock(tx, LOCK_BY_ID, paymentId);

/** Locks by a Razorpay payment that we know to be captured. */
export const lockCaptured = (tx: SqlTx, razorpayPaymentId: string) =>
  lock(tx, LOCK_BY_RAZORPAY_PAYMENT, razorpayPaymentId);

/** The account alone, made where the subject is not known yet. */
export async function lockAccount(tx: SqlTx, subjectId: string): Promise<{ account: SubjectAccount; now: Date }> {
  const [row] = await tx.query<Omit<LockedRow, keyof Payment>>(
    `insert into subject_accounts as a (subject_id) values ($1)
     on conflict (subject_id) do update set updated_at = now() returning ${ACCOUNT_COLUMNS}, now() as now`,
    [subjectId],
  );
  if (row === undefined) throw new Error('an upsert returns its row');
  const { accountSubjectId, now, ...account } = row;
  return { account: { subjectId: accountSubjectId, ...account }, now };
}

export async function findPayment(sql: Sql, id: string): Promise<Payment | undefined> {
  const [payment] = await sql.query<Payment>(`select ${PAYMENT_COLUMNS} from payments p where p.id = $1`, [id]);
  return payment;
}

export async function findHolder(sql: Sql, razorpayOrderId: string): Promise<Payment | undefined> {
  const [payment] = await sql.query<Payment>(
    `select ${PAYMENT_COLUMNS} from payments p where p.razorpay_order_id = $1 and p.holds_razorpay_order`,
    [razorpayOrderId],
  );
  return payment;
}

export async function findByRazorpayPayment(sql: Sql, razorpayPaymentId: string): Promise<Payment | undefined> {
  const [payment] = await sql.query<Payment>(
    `select ${PAYMENT_COLUMNS} from payments p where p.razorpay_payment_id = $1`,
    [razorpayPaymentId],
  );
  return payment;
}

// Razorpay's states only move forward, so an attempt takes a fact only when it is news.
const UPSERT_ATTEMPT = (payment: string, from: number, captureDueAt = 'null::timestamptz') => `
  insert into payment_attempts as t
    (razorpay_payment_id, payment_id, status, amount_paise, currency, method, failure_reason, capture_due_at)
  select $${from}, ${payment}.id, $${from + 1}, $${from + 2}::bigint, $${from + 3}, $${from + 4}, $${from + 5}, ${captureDueAt}
  from ${payment}
  on conflict (razorpay_payment_id) do update set payment_id = excluded.payment_id, status = excluded.status,
    amount_paise = excluded.amount_paise, currency = excluded.currency, method = coalesce(excluded.method, t.method),
    failure_reason = excluded.failure_reason, capture_due_at = excluded.capture_due_at, updated_at = now()
    where t.status = any ($${from + 6}::text[])
  returning razorpay_payment_id`;

const attemptParams = (fact: GatewayPayment, status: GatewayStatus): unknown[] => [
  fact.id,
  status,
  fact.amountPaise,
  fact.currency,
  fact.method,
  fact.failureReason,
  gatewayStatesBefore(status),
];

const MARK_WEBHOOK = (id: number, outcome: string) =>
  `update webhook_events set processed_at = now(), outcome = '${outcome}', next_try_at = null where id = $${id}`;

// The hot step of every purchase, so one statement: payment, account, attempt, webhook and event together. The rows are
// locked already; the guards are there for a caller who forgot.
const SETTLE = `
  with payment as (
    update payments set status = 'SUCCESS', gateway_status = 'captured', is_open = false, settles = true,
      razorpay_payment_id = $3, method = coalesce($7, method), captured_paise = $5, fee_paise = $11, fee_tax_paise = $12,
      failure_reason = null, reconcile_at = null, captured_at = $10, updated_at = $10
    where id = $1 and captured_at is null returning id),
  account as (
    update subject_accounts set settling_payment_id = $1, version = version + 1, updated_at = $10
    where subject_id = $2 and settling_payment_id is null and closed_at is null and exists (select 1 from payment)
    returning subject_id),
  attempt as (${UPSERT_ATTEMPT('payment', 3)}),
  webhook as (${MARK_WEBHOOK(13, 'SETTLED')}),
  appended as (${outboxCte(14, 'account')})
  select id from payment where exists (select 1 from account)`;

/** Records that a capture settles its order. `payment` is the state after it. */
export async function settle(
  tx: SqlTx,
  payment: Payment,
  fact: GatewayPayment,
  told: { readonly event: DomainEvent; readonly webhookId: string | null },
): Promise<void> {
  const rows = await tx.query(SETTLE, [
    payment.id,
    payment.subjectId,
    ...attemptParams(fact, 'captured'),
    payment.capturedAt,
    fact.feePaise,
    fact.feeTaxPaise,
    told.webhookId,
    outboxParam([told.event]),
  ]);
  if (rows.length !== 1) throw new Error('a payment was settled without its locks');
}

/** A captured payment that has no row yet: another capture of a Razorpay order, cash, or money from elsewhere. */
export async function insertCaptured(
  tx: SqlTx,
  payment: Payment,
  by: { readonly recordedBy: string | null; readonly notes: string | null },
): Promise<void> {
  await tx.query(
    `insert into payments (id, subject_id, order_number, business_id, user_id, provider, status, gateway_status,
       amount_paise, currency, method, is_open, settles, razorpay_order_id, razorpay_payment_id, captured_paise,
       snapshot, captured_at, recorded_by, notes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, false, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      payment.id,
      payment.subjectId,
      payment.orderNumber,
      payment.businessId,
      payment.userId,
      payment.provider,
      payment.status,
      payment.gatewayStatus,
      payment.amountPaise,
      payment.currency,
      payment.method,
      payment.settles,
      payment.razorpayOrderId,
      payment.razorpayPaymentId,
      payment.capturedPaise,
      JSON.stringify(payment.snapshot),
      payment.capturedAt,
      by.recordedBy,
      by.notes,
    ],
  );
}

/** A capture that does not settle, on the payment that was asked for. */
export async function updateCaptured(tx: SqlTx, payment: Payment): Promise<void> {
  await tx.query(
    `update payments set status = $2, gateway_status = $3, is_open = false, settles = $4, razorpay_payment_id = $5,
       method = $6, captured_paise = $7, failure_reason = $8, reconcile_at = null, captured_at = $9, updated_at = $9
     where id = $1 and captured_at is null`,
    [
      payment.id,
      payment.status,
      payment.gatewayStatus,
      payment.settles,
      payment.razorpayPaymentId,
      payment.method,
      payment.capturedPaise,
      payment.failureReason,
      payment.capturedAt,
    ],
  );
}

export async function recordAttempt(
  tx: SqlTx,
  paymentId: string,
  fact: GatewayPayment,
  status: GatewayStatus,
): Promise<void> {
  await tx.query(`with payment as (select $1::uuid as id) ${UPSERT_ATTEMPT('payment', 2)}`, [
    paymentId,
    ...attemptParams(fact, status),
  ]);
}

/** The order is paid by this payment; other ways to pay it are no longer open. */
export async function markSettled(tx: SqlTx, payment: Payment): Promise<void> {
  await tx.query(
    `with closed as (update payments set is_open = false, updated_at = now() where subject_id = $1 and is_open)
     update subject_accounts set settling_payment_id = $2, version = version + 1, updated_at = now() where subject_id = $1`,
    [payment.subjectId, payment.id],
  );
}

/** Counts an event of the subject, so that the next one has a higher version. */
export async function bumpVersion(tx: SqlTx, subjectId: string): Promise<void> {
  await tx.query('update subject_accounts set version = version + 1, updated_at = now() where subject_id = $1', [
    subjectId,
  ]);
}

// Locks the payment alone, and before the attempt, as every other step does. One statement, because it comes with every
// purchase and usually says nothing that the capture behind it does not say again.
const AUTHORIZE = `
  with payment as (
    select p.id from payments p where p.razorpay_order_id = $1 and p.holds_razorpay_order for update),
  attempt as (${UPSERT_ATTEMPT('payment', 2, 'now() + make_interval(secs => $9::double precision / 1000)')}),
  changed as (
    update payments p set status = 'PROCESSING', gateway_status = 'authorized', razorpay_payment_id = $2,
      method = coalesce($6, method), failure_reason = null, updated_at = now()
    from payment where p.id = payment.id and p.status = any ($10::text[]) and exists (select 1 from attempt)
    returning p.id),
  webhook as (${MARK_WEBHOOK(11, 'AUTHORIZED')} and exists (select 1 from payment))
  select id from payment`;

/** @param captureDelayMs when we capture it ourselves; null leaves that to somebody else. @returns whether we know the order. */
export async function authorize(
  sql: Sql,
  fact: GatewayPayment,
  { captureDelayMs, webhookId }: { readonly captureDelayMs: number | null; readonly webhookId: string | null },
): Promise<boolean> {
  const rows = await sql.query(AUTHORIZE, [
    fact.orderId,
    ...attemptParams(fact, 'authorized'),
    captureDelayMs,
    [...statesBefore('PROCESSING'), 'PROCESSING'],
    webhookId,
  ]);
  return rows.length > 0;
}

// The event goes out only when the attempt is new: the same failure is told by webhook, verify and reconciliation.
const FAIL = `
  with payment as (select $1::uuid as id),
  attempt as (${UPSERT_ATTEMPT('payment', 3)}),
  changed as (
    update payments set status = 'FAILED', gateway_status = 'failed', razorpay_payment_id = $3,
      method = coalesce($7, method), failure_reason = $8, updated_at = now()
    where id = $1 and exists (select 1 from attempt) returning id),
  account as (
    update subject_accounts set failed_attempts = failed_attempts + 1, version = version + 1, updated_at = now()
    where subject_id = $2 and exists (select 1 from attempt) returning subject_id),
  webhook as (${MARK_WEBHOOK(10, 'FAILED')}),
  appended as (${outboxCte(11, 'attempt')})
  select razorpay_payment_id from attempt`;

/** @returns whether it was news. */
export async function fail(
  tx: SqlTx,
  payment: Payment,
  fact: GatewayPayment,
  told: { readonly event: DomainEvent; readonly webhookId: string | null },
): Promise<boolean> {
  const rows = await tx.query(FAIL, [
    payment.id,
    payment.subjectId,
    ...attemptParams(fact, 'failed'),
    told.webhookId,
    outboxParam([told.event]),
  ]);
  return rows.length > 0;
}

/** Checkout vouches for an attempt of which Razorpay could not be asked: it is looked at again soon. */
export async function markProcessing(sql: Sql, paymentId: string, razorpayPaymentId: string): Promise<void> {
  await sql.query(
    `update payments set status = 'PROCESSING', razorpay_payment_id = $2, failure_reason = null,
       reconcile_at = least(reconcile_at, now() + interval '10 seconds'), updated_at = now()
     where id = $1 and status = any ($3::text[])`,
    [paymentId, razorpayPaymentId, [...statesBefore('PROCESSING'), 'PROCESSING']],
  );
}
