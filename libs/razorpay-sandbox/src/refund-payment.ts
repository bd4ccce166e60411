import type { SandboxContext } from './context.js';
import type { Notes, PaymentEntity, RefundEntity, RefundSpeed } from './entities.js';
import { newId } from './ids.js';
import { invalidField, refused } from './razorpay-error.js';
import type { PaymentRecord } from './store.js';
import { refundEvent, type WebhookEvent } from './webhook-events.js';

export interface RefundRequest {
  /** Paise; null refunds everything that is left. */
  readonly amount: number | null;
  readonly speed: RefundSpeed;
  readonly notes: Notes;
  readonly receipt: string | null;
}

/** Gives money of a captured payment back; the refund is processed at once or pending, by the sandbox's setting. */
export function refundPayment(context: SandboxContext, payment: PaymentRecord, request: RefundRequest): RefundEntity {
  if (!payment.entity.captured) throw refused('The payment status should be captured for action to be taken');
  const remaining = payment.entity.amount - payment.entity.amount_refunded;
  if (remaining === 0) throw refused('The payment has been fully refunded already');
  const amount = request.amount ?? remaining;
  if (amount > remaining) throw invalidField('amount', 'The refund amount provided is greater than amount captured');
  return createRefund(context, payment, { ...request, amount });
}

/**
 * Razorpay's own refund of a payment that nobody captured in time: the only refund with `captured: false`.
 * Such a payment never was the merchant's money.
 */
export function refundUncaptured(context: SandboxContext, payment: PaymentRecord): RefundEntity {
  if (payment.entity.status !== 'authorized') throw refused('Only authorized payments are refunded automatically');
  return createRefund(context, payment, { amount: payment.entity.amount, speed: 'normal', notes: [], receipt: null });
}

/** Settles a pending refund. A failed one gives its amount back to what can be refunded. */
export function settleRefund(context: SandboxContext, refund: RefundEntity, status: 'processed' | 'failed'): void {
  if (refund.status !== 'pending') throw refused(`The refund is ${refund.status} already`);
  const payment = context.store.paymentById(refund.payment_id).entity;
  context.webhooks.emit([finishRefund(refund, payment, status)]);
}

function createRefund(
  context: SandboxContext,
  payment: PaymentRecord,
  request: RefundRequest & { readonly amount: number },
): RefundEntity {
  const refund = newRefund(context, payment.entity, request);
  context.store.addRefund(payment, refund);
  addRefunded(payment.entity, refund.amount);
  const created = refundEvent('refund.created', refund, payment.entity);
  const atOnce = context.settings.refundsSettle === 'at-once';
  context.webhooks.emit(atOnce ? [created, finishRefund(refund, payment.entity, 'processed')] : [created]);
  return refund;
}

function newRefund(
  context: SandboxContext,
  payment: PaymentEntity,
  request: RefundRequest & { readonly amount: number },
): RefundEntity {
  return {
    id: newId('rfnd_'),
    entity: 'refund',
    amount: request.amount,
    currency: payment.currency,
    payment_id: payment.id,
    notes: request.notes,
    receipt: request.receipt,
    acquirer_data: { arn: null },
    created_at: context.nowSeconds(),
    batch_id: null,
    status: 'pending',
    speed_processed: 'normal',
    speed_requested: request.speed,
  };
}

function finishRefund(refund: RefundEntity, payment: PaymentEntity, status: 'processed' | 'failed'): WebhookEvent {
  refund.status = status;
  if (status === 'processed') {
    refund.acquirer_data.arn = `7${refund.created_at}${refund.id.slice(-6)}`;
    return refundEvent('refund.processed', refund, payment);
  }
  addRefunded(payment, -refund.amount);
  return refundEvent('refund.failed', refund, payment);
}

function addRefunded(payment: PaymentEntity, amountPaise: number): void {
  payment.amount_refunded += amountPaise;
  if (payment.amount_refunded === payment.amount) {
    payment.refund_status = 'full';
    payment.status = 'refunded';
    return;
  }
  payment.refund_status = payment.amount_refunded === 0 ? null : 'partial';
  payment.status = payment.captured ? 'captured' : 'authorized';
}
