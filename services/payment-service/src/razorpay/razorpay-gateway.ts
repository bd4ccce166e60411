import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { paiseToWire } from '@reseller/money';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import type { GatewayAnswer, GatewayResult, Rejected, Unavailable, UnknownOutcome } from './gateway-result.js';
import {
  collectionOf,
  gatewayOrderSchema,
  gatewayPaymentSchema,
  gatewayRefundSchema,
  razorpayOrderId,
  razorpayPaymentId,
  razorpayRefundId,
  type GatewayOrder,
  type GatewayPayment,
  type GatewayRefund,
} from './razorpay-entities.js';
import { openRazorpaySdk, sdkFailureSchema, type HardenedSdk, type SdkFailure } from './razorpay-sdk.js';

export interface NewGatewayOrder {
  readonly amountPaise: bigint;
  readonly currency: string;
  readonly receipt: string;
  readonly notes: Readonly<Record<string, string>>;
}

export interface NewGatewayRefund {
  readonly paymentId: string;
  /** Required: Razorpay refunds everything when it is left out. */
  readonly amountPaise: bigint;
  /** Letters, digits, hyphens and underscores, 10 at least. The same key never refunds twice. */
  readonly idempotencyKey: string;
  readonly notes: Readonly<Record<string, string>>;
}

/** The network said so before anything was sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const REFUNDS_PER_PAYMENT_MAX = 100;

/**
 * Everything that we say to Razorpay. Each method answers with what is known afterwards and throws only on bugs: whether
 * money moved is not for a catch block to guess.
 */
@Injectable()
export class RazorpayGateway {
  /** Private to the language, so that no serialiser walks into it. */
  readonly #razorpay: HardenedSdk;
  private readonly autoCapture: boolean;

  constructor(@Inject(CONFIG) config: PaymentServiceConfig) {
    this.autoCapture = config.PAYMENT_CAPTURE === 'auto';
    this.#razorpay = openRazorpaySdk({
      keyId: config.RAZORPAY_KEY_ID,
      keySecret: config.RAZORPAY_KEY_SECRET,
      apiUrl: config.RAZORPAY_API_URL,
      timeoutMs: config.RAZORPAY_TIMEOUT,
    });
  }

  /** Not idempotent at Razorpay: after an unknown outcome look with {@link findOrderByReceipt} before asking again. */
  createOrder(order: NewGatewayOrder): Promise<GatewayResult<GatewayOrder>> {
    return change(gatewayOrderSchema, () =>
      this.#razorpay.sdk.orders.create({
        amount: paiseToWire(order.amountPaise),
        currency: order.currency,
        receipt: order.receipt,
        notes: { ...order.notes },
        payment_capture: this.autoCapture,
      }),
    );
  }

  async findOrderByReceipt(receipt: string): Promise<GatewayAnswer<GatewayOrder | undefined>> {
    const found = await look(collectionOf(gatewayOrderSchema), () => this.#razorpay.sdk.orders.all({ receipt }));
    return found.kind === 'ok' ? { kind: 'ok', value: found.value.find((order) => order.receipt === receipt) } : found;
  }

  /** Every payment that was tried for an order, failed ones among them. */
  paymentsOfOrder(orderId: string): Promise<GatewayAnswer<GatewayPayment[]>> {
    const id = razorpayOrderId().parse(orderId);
    return look(collectionOf(gatewayPaymentSchema), () => this.#razorpay.sdk.orders.fetchPayments(id));
  }

  fetchPayment(paymentId: string): Promise<GatewayAnswer<GatewayPayment>> {
    const id = razorpayPaymentId().parse(paymentId);
    return look(gatewayPaymentSchema, () => this.#razorpay.sdk.payments.fetch(id));
  }

  /** Not idempotent: a second capture is `rejected`, and then the payment itself says whether it is captured. */
  capture(paymentId: string, amountPaise: bigint, currency: string): Promise<GatewayResult<GatewayPayment>> {
    const id = razorpayPaymentId().parse(paymentId);
    return change(gatewayPaymentSchema, () =>
      this.#razorpay.sdk.payments.capture(id, paiseToWire(amountPaise), currency),
    );
  }

  refund(refund: NewGatewayRefund): Promise<GatewayResult<GatewayRefund>> {
    const id = razorpayPaymentId().parse(refund.paymentId);
    const amount = paiseToWire(refund.amountPaise);
    return change(gatewayRefundSchema, () =>
      this.#razorpay.withHeaders({ 'X-Refund-Idempotency': refund.idempotencyKey }, () =>
        this.#razorpay.sdk.payments.refund(id, { amount, speed: 'normal', notes: { ...refund.notes } }),
      ),
    );
  }

  fetchRefund(refundId: string): Promise<GatewayAnswer<GatewayRefund>> {
    const id = razorpayRefundId().parse(refundId);
    return look(gatewayRefundSchema, () => this.#razorpay.sdk.refunds.fetch(id));
  }

  refundsOfPayment(paymentId: string): Promise<GatewayAnswer<GatewayRefund[]>> {
    const id = razorpayPaymentId().parse(paymentId);
    return look(collectionOf(gatewayRefundSchema), () =>
      this.#razorpay.sdk.payments.fetchMultipleRefund(id, { count: REFUNDS_PER_PAYMENT_MAX }),
    );
  }
}

async function change<S extends z.ZodType>(
  schema: S,
  call: () => Promise<unknown>,
): Promise<GatewayResult<z.infer<S>>> {
  let answer: unknown;
  try {
    answer = await call();
  } catch (error) {
    return failedChange(failureOf(error));
  }
  const parsed = schema.safeParse(answer);
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  return { kind: 'unknown-outcome', detail: 'an answer that cannot be read' };
}

async function look<S extends z.ZodType>(schema: S, call: () => Promise<unknown>): Promise<GatewayAnswer<z.infer<S>>> {
  const result = await change(schema, call);
  return result.kind === 'unknown-outcome' ? { kind: 'unavailable', detail: result.detail } : result;
}

/** What the SDK throws is a plain object. Anything else is a bug of ours (a wrong argument) and is not hidden. */
function failureOf(error: unknown): SdkFailure {
  const parsed = sdkFailureSchema.safeParse(error);
  if (!parsed.success) throw error;
  return parsed.data;
}

function failedChange({ statusCode, error }: SdkFailure): Rejected | UnknownOutcome | Unavailable {
  const detail = `${statusCode === 0 ? 'no answer' : `HTTP ${statusCode}`}: ${error.code}`;
  if (statusCode === 0) return { kind: NEVER_SENT.has(error.code) ? 'unavailable' : 'unknown-outcome', detail };
  // Wrong keys and rate limits are about us, not about this request: it is not refused, it was not looked at.
  if ([401, 403, 429].includes(statusCode)) return { kind: 'unavailable', detail };
  if (statusCode >= 400 && statusCode < 500 && statusCode !== 408) {
    return { kind: 'rejected', status: statusCode, code: error.code, description: error.description };
  }
  return { kind: 'unknown-outcome', detail };
}
