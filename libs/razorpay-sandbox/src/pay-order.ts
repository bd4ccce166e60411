import { setTimeout as sleep } from 'node:timers/promises';
import { capturePayment } from './capture-payment.js';
import type { SandboxContext } from './context.js';
import type { PaymentEntity, PaymentFailure, PaymentMethod, PaymentStatus } from './entities.js';
import { newId } from './ids.js';
import { methodFields } from './payment-methods.js';
import { checkoutSignature } from './signatures.js';
import type { OrderRecord } from './store.js';
import type { WebhookBehaviour } from './webhook-behaviour.js';
import { paymentEvent, type WebhookEvent } from './webhook-events.js';

export const PAY_OUTCOMES = ['success', 'failure', 'late-success'] as const;
export type PayOutcome = (typeof PAY_OUTCOMES)[number];

export interface PayRequest {
  readonly outcome: PayOutcome;
  readonly method?: PaymentMethod;
  /** Amount and currency may differ from the order's, which Razorpay rules out, to test the receiver's own check. */
  readonly amount?: number;
  readonly currency?: string;
  readonly capture?: boolean;
  readonly webhooks?: Partial<WebhookBehaviour>;
  /** How long a late success stays a failure. */
  readonly lateAfterMs?: number;
  readonly email?: string;
  readonly contact?: string;
}

export interface PayResult {
  readonly razorpay_payment_id: string;
  readonly razorpay_order_id: string;
  readonly razorpay_signature: string;
  readonly status: PaymentStatus;
}

const NO_FAILURE: PaymentFailure = {
  error_code: null,
  error_description: null,
  error_source: null,
  error_step: null,
  error_reason: null,
};

const FAILURE: PaymentFailure = {
  error_code: 'BAD_REQUEST_ERROR',
  error_description: 'Your payment was declined by the bank. Try another payment method or contact your bank.',
  error_source: 'issuer',
  error_step: 'payment_authorization',
  error_reason: 'payment_failed',
};

/**
 * One attempt of a customer to pay an order, as checkout makes it. An order takes any number of attempts, also after
 * it is paid: that is how a second capture of one order comes about.
 */
export function payOrder(context: SandboxContext, order: OrderRecord, request: PayRequest): PayResult {
  const payment = startPayment(context, order, request);
  const behaviour = request.webhooks ?? {};
  const lateAfterMs = request.lateAfterMs ?? 0;
  if (request.outcome === 'success') {
    context.webhooks.emit(succeed(context, order, payment, request.capture), behaviour);
  } else if (request.outcome === 'failure') {
    context.webhooks.emit([fail(payment)], behaviour);
  } else if (lateAfterMs === 0) {
    const failed = fail(payment);
    context.webhooks.emit([failed, ...succeed(context, order, payment, request.capture)], behaviour);
  } else {
    context.webhooks.emit([fail(payment)], behaviour);
    void succeedLater(lateAfterMs, () => {
      context.webhooks.emit(succeed(context, order, payment, request.capture), behaviour);
    });
  }
  return resultOf(context, payment);
}

export function resultOf(context: SandboxContext, payment: PaymentEntity): PayResult {
  return {
    razorpay_payment_id: payment.id,
    razorpay_order_id: payment.order_id,
    razorpay_signature: checkoutSignature(payment.order_id, payment.id, context.keySecret),
    status: payment.status,
  };
}

function startPayment(context: SandboxContext, order: OrderRecord, request: PayRequest): PaymentEntity {
  const payment = newPayment(context, order, request);
  order.entity.attempts += 1;
  if (order.entity.status === 'created') order.entity.status = 'attempted';
  context.store.addPayment(order, { entity: payment, refundIds: [], refundsByKey: new Map() });
  return payment;
}

function newPayment(context: SandboxContext, order: OrderRecord, request: PayRequest): PaymentEntity {
  const amount = request.amount ?? order.entity.amount;
  const method = request.method ?? 'upi';
  return {
    id: newId('pay_'),
    entity: 'payment',
    amount,
    currency: request.currency ?? order.entity.currency,
    base_amount: amount,
    status: 'created',
    order_id: order.entity.id,
    invoice_id: null,
    international: false,
    method,
    amount_refunded: 0,
    amount_transferred: 0,
    refund_status: null,
    captured: false,
    description: null,
    ...methodFields(method),
    email: request.email ?? 'gaurav.kumar@example.com',
    contact: request.contact ?? '+919876543210',
    notes: order.entity.notes,
    fee: null,
    tax: null,
    ...NO_FAILURE,
    created_at: context.nowSeconds(),
  };
}

/** Authorizes, and captures where the request, else the order, else the sandbox says so. */
function succeed(
  context: SandboxContext,
  order: OrderRecord,
  payment: PaymentEntity,
  capture: boolean | undefined,
): WebhookEvent[] {
  payment.status = 'authorized';
  Object.assign(payment, NO_FAILURE);
  const authorized = paymentEvent('payment.authorized', payment);
  const captures = capture ?? order.autoCapture ?? context.settings.autoCapture;
  return captures ? [authorized, ...capturePayment(order.entity, payment)] : [authorized];
}

function fail(payment: PaymentEntity): WebhookEvent {
  payment.status = 'failed';
  Object.assign(payment, FAILURE);
  return paymentEvent('payment.failed', payment);
}

/** The timer does not keep the process alive: a sandbox that stops forgets its late successes. */
async function succeedLater(delayMs: number, succeedNow: () => void): Promise<void> {
  await sleep(delayMs, undefined, { ref: false });
  succeedNow();
}
