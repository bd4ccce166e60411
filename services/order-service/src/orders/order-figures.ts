import type { Order } from './order-state.js';
import type { OrderStatus, PaymentStatus } from './order-status.js';

/*
 * What an order contributes to its business's figures: one order in its states, and the money that came and stayed. A
 * change of an order takes its old contribution away and adds the new one, so figures are sums of appended rows and
 * nobody ever counts orders.
 */

export interface OrderFigures {
  readonly businessId: string;
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly orders: bigint;
  readonly revenuePaise: bigint;
}

function contributionOf(order: Order): OrderFigures {
  const { businessId, status, paymentStatus, paidAt, totalPaise, refundedPaise } = order;
  return {
    businessId,
    status,
    paymentStatus,
    orders: 1n,
    revenuePaise: paidAt === null ? 0n : totalPaise - refundedPaise,
  };
}

const without = (figures: OrderFigures): OrderFigures => ({
  ...figures,
  orders: -figures.orders,
  revenuePaise: -figures.revenuePaise,
});

const isSame = (one: OrderFigures, other: OrderFigures): boolean =>
  one.status === other.status && one.paymentStatus === other.paymentStatus && one.revenuePaise === other.revenuePaise;

/** What to append where `before` (null: it was not there) became `after`. */
export function figureChangesOf(before: Order | null, after: Order): OrderFigures[] {
  const now = contributionOf(after);
  if (before === null) return [now];
  const then = contributionOf(before);
  return isSame(then, now) ? [] : [without(then), now];
}
