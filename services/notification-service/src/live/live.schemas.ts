import { z } from 'zod';
import { isoInstant, uuid } from '@reseller/http';
import { paiseFromWire, rupeesFromPaise } from '@reseller/money';
import { liveFactsSchema, type LiveEvent } from './live-event.js';

const { order, payment, refund, stock, payout, reason } = liveFactsSchema.shape;
const inRupees = { amount: z.number() };

export const liveEventView = z
  .object({
    id: uuid(),
    /** The event’s type, such as ORDER_PAID; also the name of the server-sent event. */
    type: z.string(),
    businessId: uuid(),
    occurredAt: isoInstant(),
    order: order.unwrap().omit({ totalPaise: true }).extend({ total: z.number() }).optional(),
    payment: payment.unwrap().omit({ amountPaise: true }).extend(inRupees).optional(),
    refund: refund.unwrap().omit({ amountPaise: true }).extend(inRupees).optional(),
    stock,
    payout: payout.unwrap().omit({ amountPaise: true }).extend(inRupees).optional(),
    reason,
  })
  .meta({ id: 'LiveEvent' });
export type LiveEventView = z.infer<typeof liveEventView>;

function withAmount<Part extends { readonly amountPaise: number }>(part: Part | undefined) {
  if (part === undefined) return undefined;
  const { amountPaise, ...rest } = part;
  return { ...rest, amount: rupeesFromPaise(paiseFromWire(amountPaise)) };
}

function withTotal<Part extends { readonly totalPaise: number }>(part: Part | undefined) {
  if (part === undefined) return undefined;
  const { totalPaise, ...rest } = part;
  return { ...rest, total: rupeesFromPaise(paiseFromWire(totalPaise)) };
}

/** Parts that the event has nothing of are absent. */
export function toLiveEventView({ eventId, type, businessId, occurredAt, facts }: LiveEvent): LiveEventView {
  return {
    id: eventId,
    type,
    businessId,
    occurredAt: occurredAt.toISOString(),
    order: withTotal(facts.order),
    payment: withAmount(facts.payment),
    refund: withAmount(facts.refund),
    stock: facts.stock,
    payout: withAmount(facts.payout),
    reason: facts.reason,
  };
}
