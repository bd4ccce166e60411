import type { Sql, SqlTx } from '@reseller/persistence';
import type { Payment } from '../payments/payment.js';
import { isOwed, REFUND_STATUSES, type RefundStatus } from './refund-status.js';
import type { Reduction, Refund } from './refund.js';

/*
 * Refunds as rows. Whoever writes one holds the lock of the payment's account: what may be given back is a guarded update
 * of the payment, and (payment, cause) is unique, so that no cause pays twice and no sum exceeds what was captured.
 */

const REFUND_COLUMNS = `r.id, r.refund_number as "refundNumber", r.payment_id as "paymentId",
  r.subject_id as "subjectId", r.business_id as "businessId", r.user_id as "userId", r.cause, r.reason,
  r.amount_paise as "amountPaise", r.currency, r.status, r.settles_order as "settlesOrder", r.origin,
  r.razorpay_refund_id as "razorpayRefundId", r.round, r.tries, r.refusals, r.bounces, r.bounced_paise as "bouncedPaise", r.replaces_paise as "replacesPaise", r.last_error as "lastError",
  r.other_means as "otherMeans", r.notes, r.requested_by as "requestedBy", r.created_at as "createdAt", r.updated_at as "updatedAt",
  r.processed_at as "processedAt"`;

export interface NewRefund {
  readonly id: string;
  readonly cause: string;
  readonly reason: string;
  /** Null: everything that is left. */
  readonly amountPaise: bigint | null;
  readonly currency: string;
  readonly status: 'REQUESTED' | 'PENDING' | 'NEEDS_OTHER_MEANS';
  readonly origin: Refund['origin'];
  readonly razorpayRefundId: string | null;
  readonly notes: Readonly<Record<string, string>> | null;
  readonly requestedBy: string | null;
  readonly replacesPaise?: bigint;
  readonly bouncedPaise?: bigint;
}

// One guarded statement takes the amount out of what can be given back and writes the refund. A cause that is there
// already changes nothing.
const INSERT = `
  with asked as (
    select coalesce($4::bigint, captured_paise - refund_committed_paise) as amount_paise from payments where id = $1),
  paid as (
    update payments p set refund_committed_paise = refund_committed_paise + asked.amount_paise,
      bounced_paise = bounced_paise + $13::bigint, refund_reason = $5, updated_at = now()
    from asked
    where p.id = $1 and asked.amount_paise > 0 and p.captured_paise - p.refund_committed_paise >= asked.amount_paise
      and not exists (select 1 from refunds r where r.payment_id = $1 and r.cause = $3)
    returning p.id, p.subject_id, p.business_id, p.user_id, p.settles, asked.amount_paise)
  insert into refunds as r (id, payment_id, subject_id, business_id, user_id, cause, reason, amount_paise, currency,
    status, settles_order, origin, razorpay_refund_id, notes, requested_by, replaces_paise,
    bounced_paise, next_try_at)
  select $2, id, subject_id, business_id, user_id, $3, $5, amount_paise, $6, $7, settles, $8, $9, $10::jsonb, $11, $12, $13::bigint,
    case $7 when 'REQUESTED' then now() when 'PENDING' then now() + interval '10 minutes' end
  from paid returning ${REFUND_COLUMNS}`;

/** @returns undefined where the cause is known, or there is not that much left to give back. */
export async function insertRefund(tx: SqlTx, paymentId: string, refund: NewRefund): Promise<Refund | undefined> {
  const [row] = await tx.query<Refund>(INSERT, [
    paymentId,
    refund.id,
    refund.cause,
    refund.amountPaise,
    refund.reason,
    refund.currency,
    refund.status,
    refund.origin,
    refund.razorpayRefundId,
    refund.notes === null ? null : JSON.stringify(refund.notes),
    refund.requestedBy,
    refund.replacesPaise ?? 0n,
    refund.bouncedPaise ?? 0n,
  ]);
  return row;
}

export async function refundsOf(sql: Sql, paymentId: string): Promise<Refund[]> {
  return sql.query<Refund>(
    `select ${REFUND_COLUMNS} from refunds r where r.payment_id = $1 order by r.created_at, r.id`,
    [paymentId],
  );
}

export async function findRefund(sql: Sql, id: string): Promise<Refund | undefined> {
  const [row] = await sql.query<Refund>(`select ${REFUND_COLUMNS} from refunds r where r.id = $1`, [id]);
  return row;
}

const CLAIM = `
  update refunds r set lease_until = now() + interval '60 seconds', next_try_at = now() + interval '60 seconds',
    tries = tries + 1, updated_at = now()
  where id = any (array(
    select id from refunds where next_try_at <= now() and ($2::uuid is null or id = $2)
    order by next_try_at limit $1 for update skip locked))
  returning ${REFUND_COLUMNS}, (select razorpay_payment_id from payments p where p.id = r.payment_id) as "razorpayPaymentId"`;

export type DueRefund = Refund & { readonly razorpayPaymentId: string | null };

/** Leases what is due: whoever dies with a lease is followed by another after a minute, with the same idempotency key. */
export function claimDueRefunds(sql: Sql, limit: number, onlyId: string | null = null): Promise<DueRefund[]> {
  return sql.query<DueRefund>(CLAIM, [limit, onlyId]);
}

/** Gives the lease back and says when to look again. */
export async function tryAgain(
  sql: Sql,
  refundId: string,
  again: { afterMs: number; lastError: string | null },
): Promise<void> {
  await sql.query(
    `update refunds set lease_until = null, next_try_at = now() + make_interval(secs => $2::double precision / 1000),
       last_error = coalesce($3, last_error), updated_at = now()
     where id = $1 and next_try_at is not null`,
    [refundId, again.afterMs, again.lastError],
  );
}

export interface RefundPatch {
  readonly status: RefundStatus;
  readonly razorpayRefundId: string | null;
  readonly round: number;
  readonly refusals: number;
  readonly nextTryAfterMs: number | null;
  readonly lastError: string | null;
  readonly otherMeans?: string | null;
  readonly bounced?: boolean;
}

export async function updateRefund(tx: SqlTx, refundId: string, patch: RefundPatch): Promise<void> {
  await tx.query(
    `update refunds set status = $2, razorpay_refund_id = $3, round = $4, refusals = $8, bounces = bounces + $9::int, lease_until = null,
       bounced_paise = case when $9::int = 1 then amount_paise when $2 = 'PROCESSED' then 0 else bounced_paise end,
       tries = case when round = $4 then tries else 0 end,
       next_try_at = now() + make_interval(secs => $5::double precision / 1000), last_error = $6,
       processed_at = case when $2 = 'PROCESSED' then now() end, other_means = coalesce($7, other_means), updated_at = now()
     where id = $1`,
    [
      refundId,
      patch.status,
      patch.razorpayRefundId,
      patch.round,
      patch.nextTryAfterMs,
      patch.lastError,
      patch.otherMeans ?? null,
      patch.refusals,
      patch.bounced === true ? 1 : 0,
    ],
  );
}

const MONEY_COLUMNS = `status, gateway_status as "gatewayStatus", refunded_paise as "refundedPaise", bounced_paise as "bouncedPaise"`;
type Money = Pick<Payment, 'status' | 'gatewayStatus' | 'refundedPaise' | 'bouncedPaise'>;

const ADD_REFUNDED = `
  update payments set refunded_paise = refunded_paise + $2, bounced_paise = bounced_paise - $3, refunded_at = now(), updated_at = now(),
    gateway_status = case when provider = 'RAZORPAY' and refunded_paise + $2 = captured_paise then 'refunded' else gateway_status end,
    status = case when status = 'INTEGRITY_FAILED' then status
      when refunded_paise + $2 = captured_paise then 'REFUNDED' else 'PARTIALLY_REFUNDED' end
  where id = $1 returning ${MONEY_COLUMNS}`;

/** The money is with the customer. @returns the payment as it then is. */
export async function addRefunded(tx: SqlTx, payment: Payment, refund: Refund): Promise<Payment> {
  const [row] = await tx.query<Money>(ADD_REFUNDED, [payment.id, refund.amountPaise, refund.bouncedPaise]);
  if (row === undefined) throw new Error('a locked payment is there');
  return { ...payment, ...row };
}

const TAKE_REFUNDED_BACK = `
  update payments p set refunded_paise = refunded_paise - $2, bounced_paise = bounced_paise + $2, updated_at = now(),
    refunded_at = (select max(processed_at) from refunds where payment_id = p.id and id <> $3),
    gateway_status = case when gateway_status = 'refunded' then 'captured' else gateway_status end,
    status = case when status = 'INTEGRITY_FAILED' then status
      when refunded_paise = $2 then 'SUCCESS' else 'PARTIALLY_REFUNDED' end
  where id = $1 returning ${MONEY_COLUMNS}`;

/** The money did not reach the customer after all, and is owed again. @returns the payment as it then is. */
export async function takeRefundedBack(tx: SqlTx, payment: Payment, refund: Refund): Promise<Payment> {
  const [row] = await tx.query<Money>(TAKE_REFUNDED_BACK, [payment.id, refund.amountPaise, refund.id]);
  if (row === undefined) throw new Error('a locked payment is there');
  return { ...payment, ...row };
}

/** Remembers that a refund failed at Razorpay, which is its last state there. */
export async function keepFailure(tx: SqlTx, paymentId: string, razorpayRefundId: string): Promise<void> {
  await tx.query(
    `update payments set failed_refund_ids = array_append(failed_refund_ids, $2::text)
     where id = $1 and not failed_refund_ids @> array[$2::text]`,
    [paymentId, razorpayRefundId],
  );
}

/**
 * An owed refund shrinks because the money reached the customer another way, down to nothing. Another amount needs another
 * idempotency key, hence another round.
 *
 * @param takenBouncedPaise how much of what is taken was told to be with the customer once: whoever takes it over keeps it
 */
export async function reduceRefund(tx: SqlTx, { refund, leftPaise, takenBouncedPaise }: Reduction): Promise<void> {
  const takenPaise = refund.amountPaise - leftPaise;
  await tx.query(
    `with freed as (
       update payments set refund_committed_paise = refund_committed_paise - $3::bigint,
         bounced_paise = bounced_paise - $5::bigint, updated_at = now() where id = $2)
     update refunds set amount_paise = $4::bigint, bounced_paise = bounced_paise - $5::bigint, round = round + 1, tries = 0, updated_at = now(),
       status = case when $4::bigint = 0 then 'CALLED_OFF' else status end,
       next_try_at = case when $4::bigint = 0 then null else next_try_at end,
       last_error = 'A refund made at Razorpay gave it back.'
     where id = $1`,
    [refund.id, refund.paymentId, takenPaise, leftPaise, takenBouncedPaise],
  );
}

// The condition is that of the index `refunds_owed`.
const COUNT_OWED = `
  select status, count(*)::int as refunds from refunds where status not in ('PROCESSED', 'CALLED_OFF') group by status`;

/** How many refunds are still to be paid to the customer, by status. */
export async function countOwedRefunds(sql: Sql): Promise<Record<string, number>> {
  const rows = await sql.query<{ status: RefundStatus; refunds: number }>(COUNT_OWED);
  const none = REFUND_STATUSES.filter(isOwed).map((status) => [status, 0] as const);
  return Object.fromEntries([...none, ...rows.map(({ status, refunds }) => [status, refunds] as const)]);
}
