import type { OrderSnapshot } from '@reseller/contracts';
import type { Sql, SqlTx } from '@reseller/persistence';
import { WITHOUT_BUYER } from './buyer.js';
import { PAYMENT_COLUMNS } from './payment.repository.js';
import { receiptFor, type Payment } from './payment.js';

export interface PaymentTerms {
  readonly id: string;
  readonly snapshot: OrderSnapshot;
  readonly amountPaise: bigint;
  readonly method: string | null;
}

export interface OpenedPayment {
  /** Absent where the subject is settled or closed. */
  readonly payment: Payment | null;
  /** Whether this call is the one that makes the Razorpay order; others wait for it. */
  readonly hasLease: boolean;
  /** Somebody tried before and did not say what came of it: the Razorpay order may exist. */
  readonly isRetry: boolean;
  readonly settlingPaymentId: string | null;
}

const LEASE_SECONDS = 20;
const MAY_LEASE = `p.razorpay_order_id is null and coalesce(p.lease_until < now(), true)`;

// However often and in parallel it is asked for, an order has one open payment and one caller makes its Razorpay order:
// the account's row makes callers come one after another, the partial unique index finds the payment that is there, and
// the lease goes to whoever sees none in force. The first payment of an order carries the order's id in its receipt, a
// later one (after an integrity failure, or for another amount) its own, because a receipt names one Razorpay order.
const OPEN = `
  with account as (
    insert into subject_accounts as a (subject_id) values ($1)
    on conflict (subject_id) do update set updated_at = now()
    returning subject_id, user_id, settling_payment_id, closed_at, buyer_forgotten_at),
  opened as (
    insert into payments as p (id, subject_id, order_number, business_id, user_id, provider, status, amount_paise,
      currency, method, is_open, snapshot, receipt, lease_token, lease_until)
    select $2, $1, $3, $4, case when buyer_forgotten_at is null then coalesce($5, account.user_id) end,
      'RAZORPAY', 'PENDING', $6, $7, $8, true,
      case when buyer_forgotten_at is null then $9::jsonb else ${WITHOUT_BUYER('$9::jsonb')} end,
      case when exists (select 1 from payments earlier where earlier.receipt = $10) then $11 else $10 end,
      $12, now() + interval '${LEASE_SECONDS} seconds'
    from account where settling_payment_id is null and closed_at is null
    on conflict (subject_id) where is_open do update set
      method = coalesce(excluded.method, p.method), updated_at = now(),
      lease_token = case when ${MAY_LEASE} then excluded.lease_token else p.lease_token end,
      lease_until = case when ${MAY_LEASE} then excluded.lease_until else p.lease_until end
    returning ${PAYMENT_COLUMNS}, p.lease_token = $12 as "hasLease", p.id <> $2 as "isRetry")
  select account.settling_payment_id as "settlingPaymentId", opened.* from account left join opened on true`;

type OpenRow = { settlingPaymentId: string | null } & (
  ({ hasLease: boolean; isRetry: boolean } & Payment) | { id: null }
);

export async function openPayment(sql: Sql, terms: PaymentTerms, leaseToken: string): Promise<OpenedPayment> {
  const { snapshot } = terms;
  const [row] = await sql.query<OpenRow>(OPEN, [
    snapshot.orderId,
    terms.id,
    snapshot.orderNumber,
    snapshot.businessId,
    snapshot.buyer.userId,
    terms.amountPaise,
    snapshot.currency,
    terms.method,
    JSON.stringify(snapshot),
    receiptFor(snapshot.orderId),
    receiptFor(terms.id),
    leaseToken,
  ]);
  if (row === undefined) throw new Error('an account is always returned');
  if (row.id === null) {
    return { payment: null, hasLease: false, isRetry: false, settlingPaymentId: row.settlingPaymentId };
  }
  const { settlingPaymentId, hasLease, isRetry, ...payment } = row;
  return { payment, hasLease, isRetry, settlingPaymentId };
}

/** Gives a payment its Razorpay order. @returns the payment, also where somebody else was first. */
export async function storeRazorpayOrder(
  sql: Sql,
  order: { readonly paymentId: string; readonly razorpayOrderId: string; readonly reconcileAfterMs: number },
): Promise<Payment | undefined> {
  const [payment] = await sql.query<Payment>(
    `update payments p set razorpay_order_id = coalesce(razorpay_order_id, $2), holds_razorpay_order = true,
       lease_token = null, lease_until = null, updated_at = now(),
       reconcile_at = coalesce(reconcile_at, now() + make_interval(secs => $3::double precision / 1000))
     where id = $1 returning ${PAYMENT_COLUMNS}`,
    [order.paymentId, order.razorpayOrderId, order.reconcileAfterMs],
  );
  return payment;
}

/** How far somebody else has got. */
export async function progressOf(
  sql: Sql,
  paymentId: string,
): Promise<{ readonly payment: Payment; readonly isLeased: boolean } | undefined> {
  const [row] = await sql.query<Payment & { isLeased: boolean }>(
    `select ${PAYMENT_COLUMNS}, coalesce(p.lease_until > now(), false) as "isLeased" from payments p where p.id = $1`,
    [paymentId],
  );
  if (row === undefined) return undefined;
  const { isLeased, ...payment } = row;
  return { payment, isLeased };
}

/** Lets the next caller try at once. The payment stays marked as tried: its Razorpay order is looked for first. */
export async function releaseLease(sql: Sql, paymentId: string, leaseToken: string): Promise<void> {
  await sql.query(`update payments set lease_until = now(), updated_at = now() where id = $1 and lease_token = $2`, [
    paymentId,
    leaseToken,
  ]);
}

/** Another amount is owed now: what was asked for is no longer open. What still comes in for it is found by its id. */
export async function supersede(tx: SqlTx, payment: Payment): Promise<void> {
  await tx.query(
    `update payments set is_open = false, failure_reason = 'Another amount is owed now.', updated_at = now()
     where id = $1 and captured_at is null`,
    [payment.id],
  );
}
