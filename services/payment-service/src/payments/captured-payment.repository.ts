import type { SqlTx } from '@reseller/persistence';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { LOOK_AGAIN_AFTER_CAPTURE } from './look-again.js';
import type { Payment } from './payment.js';

/* Captures that are not the hot step of a purchase, which is `settle` in the payment repository. */

interface InsertedBy {
  readonly recordedBy: string | null;
  readonly notes: string | null;
  /** What Razorpay keeps of it, where the money came through Razorpay. */
  readonly fees?: Pick<GatewayPayment, 'feePaise' | 'feeTaxPaise'>;
}

/** A captured payment that has no row yet: another capture of a Razorpay order, cash, or money from elsewhere. */
export async function insertCaptured(tx: SqlTx, payment: Payment, by: InsertedBy): Promise<void> {
  await tx.query(
    `insert into payments (id, subject_id, order_number, business_id, user_id, provider, status, gateway_status,
       amount_paise, currency, method, is_open, settles, razorpay_order_id, razorpay_payment_id, captured_paise,
       snapshot, captured_at, recorded_by, notes, authorized_at, fee_paise, fee_tax_paise, failure_reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, false, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
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
      payment.authorizedAt,
      by.fees?.feePaise ?? null,
      by.fees?.feeTaxPaise ?? null,
      payment.failureReason,
    ],
  );
}

/** A capture that does not settle, on the payment that was asked for. */
export async function updateCaptured(
  tx: SqlTx,
  payment: Payment,
  fees: Pick<GatewayPayment, 'feePaise' | 'feeTaxPaise'>,
): Promise<void> {
  await tx.query(
    `update payments set status = $2, gateway_status = $3, is_open = false, settles = $4, razorpay_payment_id = $5,
       method = $6, captured_paise = $7, failure_reason = $8, failed_at = null, reconcile_at = ${LOOK_AGAIN_AFTER_CAPTURE},
       authorized_at = coalesce(authorized_at, $9), captured_at = $9, updated_at = $9, fee_paise = $10, fee_tax_paise = $11
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
      fees.feePaise,
      fees.feeTaxPaise,
    ],
  );
}
