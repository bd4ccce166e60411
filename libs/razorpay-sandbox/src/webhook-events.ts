import type { OrderEntity, PaymentEntity, RefundEntity } from './entities.js';

export const WEBHOOK_EVENT_NAMES = [
  'payment.authorized',
  'payment.captured',
  'payment.failed',
  'order.paid',
  'refund.created',
  'refund.processed',
  'refund.failed',
] as const;
export type WebhookEventName = (typeof WEBHOOK_EVENT_NAMES)[number];

type EntityName = 'payment' | 'order' | 'refund';

export interface WebhookEvent {
  readonly name: WebhookEventName;
  readonly contains: readonly EntityName[];
  readonly payload: Readonly<Partial<Record<EntityName, { readonly entity: object }>>>;
  /** What the event is about, to find its delivery by. */
  readonly subjectIds: readonly string[];
}

/** An event is a snapshot: the entities are copied, because the same payment changes again before it is sent. */
export function paymentEvent(
  name: 'payment.authorized' | 'payment.captured' | 'payment.failed',
  payment: PaymentEntity,
): WebhookEvent {
  return {
    name,
    contains: ['payment'],
    payload: { payment: { entity: structuredClone(payment) } },
    subjectIds: [payment.id, payment.order_id],
  };
}

export function orderPaidEvent(order: OrderEntity, payment: PaymentEntity): WebhookEvent {
  return {
    name: 'order.paid',
    contains: ['payment', 'order'],
    payload: { payment: { entity: structuredClone(payment) }, order: { entity: structuredClone(order) } },
    subjectIds: [payment.id, order.id],
  };
}

export function refundEvent(
  name: 'refund.created' | 'refund.processed' | 'refund.failed',
  refund: RefundEntity,
  payment: PaymentEntity,
): WebhookEvent {
  return {
    name,
    contains: ['refund', 'payment'],
    payload: { refund: { entity: structuredClone(refund) }, payment: { entity: structuredClone(payment) } },
    subjectIds: [refund.id, payment.id, payment.order_id],
  };
}
