import { outboxCte, outboxParam } from '@reseller/messaging';
import type { DomainEvent } from '@reseller/contracts';
import type { Sql, SqlTx } from '@reseller/persistence';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { gatewayStatesBefore, statesBefore, type GatewayStatus } from './payment-status.js';
import { LOOK_AGAIN_AFTER_CAPTURE } from './look-again.js';
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
  p.bounced_paise as "bouncedPaise", p.failed_refund_ids as "failedRefundIds",
  p.failure_reason as "failureReason", p.snapshot, p.created_at as "createdAt", p.updated_at as "updatedAt",
  p.captured_at as "capturedAt", p.authorized_at as "authorizedAt", p.failed_at as "failedAt",
  p.refunded_at as "refundedAt", p.refund_reason as "refundReason"`;

const ACCOUNT_COLUMNS = `a.subject_id as "accountSubjectId", a.version, a.settling_payment_id as "settlingPaymentId",
  a.failed_attempts as "failedAttempts", a.closed_at as "closedAt",
  a.buyer_forgotten_at is not null as "isBuyerForgotten"`;

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
  const { accountSubjectId, version, settlingPaymentId, failedAttempts, closedAt, isBuyerForgotten, now, ...payment } =
    row;
  return {
    account: { subjectId: accountSubjectId, version, settlingPaymentId, failedAttempts, closedAt, isBuyerForgotten },
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

/** Whether the tombstone of a cancellation lies there. */
export async function isClosed(sql: Sql, subjectId: string): Promise<boolean> {
  const statement = 'select 1 from subject_accounts where subject_id = $1 and closed_at is not null';
  return (await sql.query(statement, [subjectId])).length > 0;
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

// With the business of the payment: a webhook may have come before its payment was known.
const MARK_WEBHOOK = (id: number, outcome: string) =>
  `update webhook_events w set processed_at = now(), outcome = '${outcome}', next_try_at = null,
     business_id = coalesce(w.business_id, (select known.business_id from payments known where known.id in (select id from payment)))
   where id = $${id}`;

// The hot step of every purchase, so one statement: payment, account, attempt, webhook and event together. The rows are
// locked already; the guards are there for a caller who forgot.
const SETTLE = `
  with payment as (
    update payments set status = 'SUCCESS', gateway_status = 'captured', is_open = false, settles = true,
      razorpay_payment_id = $3, method = coalesce($7, method), captured_paise = $5, fee_paise = $11, fee_tax_paise = $12,
      failure_reason = null, failed_at = null, reconcile_at = ${LOOK_AGAIN_AFTER_CAPTURE}, authorized_at = coalesce(authorized_at, $10),
      captured_at = $10, updated_at = $10
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
      method = coalesce($6, method), failure_reason = null, failed_at = null,
      authorized_at = coalesce(p.authorized_at, now()), updated_at = now()
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
      method = coalesce($7, method), failure_reason = $8, failed_at = now(), updated_at = now()
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
    `update payments set status = 'PROCESSING', razorpay_payment_id = $2, failure_reason = null, failed_at = null,
       reconcile_at = least(reconcile_at, now() + interval '10 seconds'), updated_at = now()
     where id = $1 and status = any ($3::text[])`,
    [paymentId, razorpayPaymentId, [...statesBefore('PROCESSING'), 'PROCESSING']],
  );
}
