import { z } from 'zod';
import {
  gatewayPaymentSchema,
  gatewayRefundSchema,
  type GatewayPayment,
  type GatewayRefund,
} from '../razorpay/razorpay-entities.js';

const entity = <S extends z.ZodType>(schema: S) => z.object({ entity: schema }).optional();

/** What every webhook has. The entities are looked at when their event is one that we know. */
const envelopeSchema = z.object({
  event: z.string().regex(/^[\w.:-]{1,100}$/),
  payload: z.record(z.string(), z.unknown()).default({}),
});
const paymentPayload = z.object({ payment: entity(gatewayPaymentSchema) });
const refundPayload = z.object({ refund: entity(gatewayRefundSchema), payment: entity(gatewayPaymentSchema) });

export type WebhookMessage =
  | { readonly kind: 'payment'; readonly eventType: string; readonly payment: GatewayPayment }
  | {
      readonly kind: 'refund';
      readonly eventType: string;
      readonly refund: GatewayRefund;
      readonly payment: GatewayPayment | null;
    }
  /** Of no concern to us, or of a shape that we do not understand: stored, answered and left at that. */
  | { readonly kind: 'other'; readonly eventType: string };

const PAYMENT_EVENTS = new Set(['payment.authorized', 'payment.captured', 'payment.failed', 'order.paid']);
const REFUND_EVENTS = new Set(['refund.created', 'refund.processed', 'refund.failed', 'refund.speed_changed']);

/** Reads a webhook. Its signature has been checked, so what it cannot read is Razorpay's news, not an attack. */
export function readWebhook(body: unknown): WebhookMessage {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return { kind: 'other', eventType: 'unreadable' };
  const { event: eventType, payload } = envelope.data;
  if (PAYMENT_EVENTS.has(eventType)) {
    const payment = paymentPayload.safeParse(payload).data?.payment?.entity;
    if (payment !== undefined) return { kind: 'payment', eventType, payment };
  }
  if (REFUND_EVENTS.has(eventType)) {
    const read = refundPayload.safeParse(payload).data;
    const refund = read?.refund?.entity;
    if (refund !== undefined) return { kind: 'refund', eventType, refund, payment: read?.payment?.entity ?? null };
  }
  return { kind: 'other', eventType };
}

/** Whether our rows may say already all that the webhook says: of three webhooks of a purchase, two usually do. */
export function isSaidByCapture(message: WebhookMessage): boolean {
  return message.kind === 'payment' && message.payment.status !== 'refunded';
}

const FIRST_DELAY_MS = 15_000;
const DELAY_MAX_MS = 3_600_000;
/** With the delays above about a day, as long as Razorpay itself would try. */
const TRIES_MAX = 30;

/** When a webhook that could not be worked is looked at again; null: a person has to look. */
export function retryDelayMs(tries: number): number | null {
  return tries >= TRIES_MAX ? null : Math.min(FIRST_DELAY_MS * 2 ** Math.min(tries, 20), DELAY_MAX_MS);
}
