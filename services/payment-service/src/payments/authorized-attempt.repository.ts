import type { Sql, SqlTx } from '@reseller/persistence';

/** A payment that the bank holds for us, with what decides whether we may take it. */
export interface AuthorizedAttempt {
  readonly razorpayPaymentId: string;
  readonly amountPaise: bigint;
  readonly currency: string;
  readonly tries: number;
  readonly paymentId: string;
  /** Whether it is what was asked for, and the order still waits for it. */
  readonly isWanted: boolean;
}

const COLUMNS = `t.razorpay_payment_id as "razorpayPaymentId", t.amount_paise as "amountPaise", t.currency,
  t.capture_tries as tries, t.payment_id as "paymentId",
  (p.is_open and p.amount_paise = t.amount_paise and p.currency = t.currency
    and a.closed_at is null and a.settling_payment_id is null) as "isWanted"`;
const JOINED = `join payments p on p.id = t.payment_id join subject_accounts a on a.subject_id = p.subject_id`;

export async function findAuthorized(sql: Sql, razorpayPaymentId: string): Promise<AuthorizedAttempt | undefined> {
  const [attempt] = await sql.query<AuthorizedAttempt>(
    `select ${COLUMNS} from payment_attempts t ${JOINED} where t.razorpay_payment_id = $1 and t.status = 'authorized'`,
    [razorpayPaymentId],
  );
  return attempt;
}

/** The latest authorized attempt of a payment. */
export async function findAuthorizedOf(sql: Sql, paymentId: string): Promise<AuthorizedAttempt | undefined> {
  const [attempt] = await sql.query<AuthorizedAttempt>(
    `select ${COLUMNS} from payment_attempts t ${JOINED} where t.payment_id = $1 and t.status = 'authorized'
     order by t.created_at desc limit 1`,
    [paymentId],
  );
  return attempt;
}

/** Leases attempts whose time has come; whoever dies with one is followed by another after a minute. */
export function claimDueCaptures(sql: Sql, limit: number): Promise<AuthorizedAttempt[]> {
  return sql.query<AuthorizedAttempt>(
    `with due as (
       select razorpay_payment_id from payment_attempts where capture_due_at <= now()
       order by capture_due_at limit $1 for update skip locked),
     leased as (
       update payment_attempts t set capture_due_at = now() + interval '60 seconds', capture_tries = t.capture_tries + 1
       from due where t.razorpay_payment_id = due.razorpay_payment_id returning t.*)
     select ${COLUMNS} from leased t ${JOINED}`,
    [limit],
  );
}

/** @param afterMs null: never, it is left to lapse and Razorpay gives it back by itself. */
export async function captureAgain(sql: Sql, razorpayPaymentId: string, afterMs: number | null): Promise<void> {
  await sql.query(
    `update payment_attempts set capture_due_at = now() + make_interval(secs => $2::double precision / 1000), updated_at = now()
     where razorpay_payment_id = $1 and status = 'authorized'`,
    [razorpayPaymentId, afterMs],
  );
}

/** Razorpay gave back what nobody captured: it never was ours, so nobody is told of a refund. */
export async function recordLapsed(tx: SqlTx, razorpayPaymentId: string): Promise<void> {
  await tx.query(
    `update payments set status = 'FAILED', gateway_status = 'refunded', failed_at = now(), updated_at = now(),
       failure_reason = 'The payment was not captured in time; Razorpay gave it back.'
     where razorpay_payment_id = $1 and captured_at is null and status = 'PROCESSING'`,
    [razorpayPaymentId],
  );
  await tx.query(
    `update payment_attempts set status = 'refunded', capture_due_at = null, updated_at = now()
     where razorpay_payment_id = $1 and status <> 'captured'`,
    [razorpayPaymentId],
  );
}
