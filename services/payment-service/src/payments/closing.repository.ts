import type { Sql, SqlTx } from '@reseller/persistence';

const REASON_MAX = 500;

// Nothing is open any more, and what is only authorized is left to lapse instead of being captured. A payment that
// waited reads FAILED; what it may still become is decided by the tombstone.
const CLOSE = `
  with account as (
    insert into subject_accounts as a (subject_id, closed_at, closed_reason) values ($1, now(), $2)
    on conflict (subject_id) do update set closed_at = coalesce(a.closed_at, now()),
      closed_reason = coalesce(a.closed_reason, excluded.closed_reason), updated_at = now()
      where not $3 or a.settling_payment_id is null
    returning settling_payment_id),
  ended as (
    update payments set is_open = false, status = 'FAILED', failure_reason = $2, failed_at = now(), updated_at = now()
    where subject_id = $1 and is_open and exists (select 1 from account) returning id),
  lapsing as (
    update payment_attempts set capture_due_at = null, updated_at = now()
    where payment_id in (select id from ended) and capture_due_at is not null)
  select settling_payment_id as "settlingPaymentId" from account`;

interface Closed {
  readonly settlingPaymentId: string | null;
}

/** Leaves the tombstone. Closing twice changes nothing. */
export async function closeAccount(tx: SqlTx, subjectId: string, reason: string): Promise<Closed> {
  const [closed] = await tx.query<Closed>(CLOSE, [subjectId, reason.slice(0, REASON_MAX), false]);
  if (closed === undefined) throw new Error('an upsert without a condition returns its row');
  return closed;
}

/** Leaves the tombstone unless a payment settles the order. @returns whether the order is closed and unpaid. */
export async function closeUnlessSettled(sql: Sql, subjectId: string, reason: string): Promise<boolean> {
  const closed = await sql.query<Closed>(CLOSE, [subjectId, reason.slice(0, REASON_MAX), true]);
  return closed.length > 0;
}

export interface OpenQuestion {
  readonly settlingPaymentId: string | null;
  readonly isClosed: boolean;
  /** Razorpay orders that somebody may have paid. */
  readonly razorpayOrderIds: readonly string[];
}

/** What has to be asked before an order can be called unpaid. */
export async function openQuestion(sql: Sql, subjectId: string): Promise<OpenQuestion> {
  const [row] = await sql.query<OpenQuestion>(
    `select a.settling_payment_id as "settlingPaymentId", a.closed_at is not null as "isClosed",
       coalesce(array_agg(p.razorpay_order_id) filter (where p.holds_razorpay_order), '{}') as "razorpayOrderIds"
     from subject_accounts a left join payments p on p.subject_id = a.subject_id
     where a.subject_id = $1 group by a.subject_id`,
    [subjectId],
  );
  return row ?? { settlingPaymentId: null, isClosed: false, razorpayOrderIds: [] };
}
