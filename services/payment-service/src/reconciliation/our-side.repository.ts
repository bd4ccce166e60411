import type { Sql } from '@reseller/persistence';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import type { OurAttempt, OurPayment, OurRefund, OurSide } from './finding.js';

const PAYMENTS = `
  select id, holds_razorpay_order as "holdsRazorpayOrder", razorpay_payment_id as "razorpayPaymentId", status, settles,
    captured_at is not null as "isCaptured", captured_paise as "capturedPaise", fee_paise as "feePaise",
    failure_reason as "failureReason"
  from payments where razorpay_order_id = $1`;
const ATTEMPTS = `
  select t.razorpay_payment_id as "razorpayPaymentId", t.status
  from payment_attempts t join payments p on p.id = t.payment_id where p.razorpay_order_id = $1`;
const REFUNDS = `
  select r.payment_id as "paymentId", r.razorpay_refund_id as "razorpayRefundId", r.refund_number as "refundNumber", r.status,
    r.amount_paise as "amountPaise"
  from refunds r join payments p on p.id = r.payment_id where p.razorpay_order_id = $1`;

/** Our records of one Razorpay order: its payment, further captures of it, every try and every refund. */
export async function ourSideOf(sql: Sql, razorpayOrderId: string): Promise<OurSide> {
  const [payments, attempts, refunds] = await Promise.all([
    sql.query<OurPayment>(PAYMENTS, [razorpayOrderId]),
    sql.query<OurAttempt>(ATTEMPTS, [razorpayOrderId]),
    sql.query<OurRefund>(REFUNDS, [razorpayOrderId]),
  ]);
  return { payments, attempts, refunds };
}

/** What Razorpay keeps is not known yet when the webhook of a capture is made early. */
export async function fillFees(sql: Sql, fact: GatewayPayment): Promise<void> {
  if (fact.feePaise === null) return;
  await sql.query(
    `update payments set fee_paise = $2, fee_tax_paise = $3, updated_at = now()
     where razorpay_payment_id = $1 and captured_at is not null and fee_paise is null`,
    [fact.id, fact.feePaise, fact.feeTaxPaise],
  );
}
