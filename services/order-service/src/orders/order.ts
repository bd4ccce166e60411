import {
  eventOf,
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
  OrderDelivered,
  OrderPaid,
  OrderPaymentExtended,
  OrderReturned,
  OrderShipped,
} from '@reseller/contracts';
import { paiseToWire } from '@reseller/money';
import { conflict, invalid } from '@reseller/runtime';
import { advance, andThen, factAbout, unchanged, type OrderChange } from './order-change.js';
import { snapshotOf } from './order-snapshot.js';
import type { Cause, Order, OrderTerms } from './order-state.js';
import { canMove, requireMove, type OrderStatus } from './order-status.js';

/*
 * The life of an order, as decisions: each function takes the order as it stands and the time, and returns the change or
 * refuses it. Nothing here reads a clock, a database or the environment.
 */

export interface PaymentWindow {
  /** How long an attempt to pay may take. */
  readonly attemptMs: number;
  /** How long all attempts together may keep the stock. */
  readonly totalMs: number;
}

export interface PaymentRules {
  readonly window: PaymentWindow;
  /** Whether a failed payment cancels its order. */
  readonly cancels: boolean;
}

const later = (date: Date, ms: number): Date => new Date(date.getTime() + ms);

/** A new order: it waits for money, or is confirmed at once where the parcel is paid at the door. */
export function placeOrder(terms: OrderTerms, window: PaymentWindow, cause: Cause): OrderChange {
  const now = terms.createdAt;
  const isCash = terms.paymentMethod === 'COD';
  const paymentExpiresAt = isCash ? null : later(now, window.attemptMs);
  const placed = advance(beforePlacing(terms), {
    what: 'PLACED',
    cause,
    now,
    patch: { paymentExpiresAt },
    tell: (order) => [
      eventOf(OrderCreated, {
        ...factAbout(order, cause, now),
        data: { ...snapshotOf(order), paymentExpiresAt: paymentExpiresAt?.toISOString() ?? null },
      }),
    ],
  });
  return isCash ? andThen(placed, (order) => acceptCash(order, now)) : placed;
}

function beforePlacing(terms: OrderTerms): Order {
  return {
    ...terms,
    status: 'PENDING',
    paymentStatus: 'PENDING',
    fulfillmentStatus: 'UNFULFILLED',
    paymentExpiresAt: null,
    failedAttempts: 0,
    paidAt: null,
    paymentId: null,
    gatewayPaymentId: null,
    refundedPaise: 0n,
    carrier: null,
    trackingNumber: null,
    trackingUrl: null,
    shippedAt: null,
    deliveredAt: null,
    cancelledAt: null,
    cancelledBy: null,
    cancelReason: null,
    returnedAt: null,
    customerVersion: 0,
    buyerForgottenAt: null,
    version: 0,
    updatedAt: terms.createdAt,
  };
}

function acceptCash(order: Order, now: Date): OrderChange {
  const cause: Cause = { role: 'SYSTEM', id: 'service:order', reason: 'Cash on delivery accepted.' };
  requireMove(order.status, 'CONFIRMED', cause.role);
  return advance(order, {
    what: 'CONFIRMED',
    cause,
    now,
    patch: { status: 'CONFIRMED' },
    tell: (confirmed) => [
      eventOf(OrderConfirmed, { ...factAbout(confirmed, cause, now), data: snapshotOf(confirmed) }),
    ],
  });
}

export interface SettlingPayment {
  readonly paymentId: string;
  readonly gatewayPaymentId: string | null;
  readonly amountPaise: bigint;
  readonly capturedAt: Date;
  /** An administrator recorded it: the money came another way than agreed. */
  readonly isOffline: boolean;
}

const PAYMENT_SERVICE = 'service:payment';

/**
 * The money is there. A pending order becomes PAID; a cash order, delivered or not, keeps its status. When the order was
 * cancelled meanwhile the fact is kept and nobody is told: payment sees the cancellation too, and refunds by itself.
 */
export function recordPayment(order: Order, payment: SettlingPayment, now: Date): OrderChange {
  if (order.paidAt !== null) return unchanged(order);
  if (payment.amountPaise !== order.totalPaise) {
    throw invalid('PAYMENT_AMOUNT_MISMATCH', 'The payment that settles the order is not of its amount.', {
      orderId: order.id,
      paymentId: payment.paymentId,
    });
  }
  const isCancelled = order.status === 'CANCELLED';
  const cause: Cause = {
    role: 'PAYMENT',
    id: PAYMENT_SERVICE,
    reason: isCancelled ? 'The money came after the cancellation and goes back.' : null,
  };
  return advance(order, {
    what: 'PAID',
    cause,
    now,
    patch: {
      status: canMove(order.status, 'PAID', 'PAYMENT') ? 'PAID' : order.status,
      paidAt: payment.capturedAt,
      paymentId: payment.paymentId,
      gatewayPaymentId: payment.gatewayPaymentId,
      paymentExpiresAt: null,
      ...(payment.isOffline ? { paymentMethod: 'OFFLINE' as const } : {}),
    },
    tell: (paid) =>
      isCancelled
        ? []
        : [
            eventOf(OrderPaid, {
              ...factAbout(paid, cause, now),
              data: {
                ...snapshotOf(paid),
                paymentId: payment.paymentId,
                paidAt: payment.capturedAt.toISOString(),
              },
            }),
          ],
  });
}

export interface FailedPayment {
  /** Counts the failed attempts of this order from 1. */
  readonly attempt: number;
  readonly reason: string;
  readonly failedAt: Date;
}

/** Razorpay lets the customer try again, so a pending order stays and its window is counted from this attempt. */
export function recordFailedPayment(order: Order, failure: FailedPayment, rules: PaymentRules, now: Date): OrderChange {
  const cause: Cause = { role: 'PAYMENT', id: PAYMENT_SERVICE, reason: failure.reason };
  const cancels = rules.cancels && order.status === 'PENDING';
  const paymentExpiresAt = extendedWindow(order, failure.failedAt, rules.window);
  const failed = advance(order, {
    what: 'PAYMENT_FAILED',
    cause,
    now,
    patch: { failedAttempts: Math.max(order.failedAttempts, failure.attempt), paymentExpiresAt },
    tell: (open) => {
      if (cancels || paymentExpiresAt === null || paymentExpiresAt === order.paymentExpiresAt) return [];
      const data = { orderId: order.id, paymentExpiresAt: paymentExpiresAt.toISOString() };
      return [eventOf(OrderPaymentExtended, { ...factAbout(open, cause, now), data })];
    },
  });
  if (!cancels) return failed;
  const reason = `The payment failed: ${failure.reason}`;
  return andThen(failed, (open) => cancelOrder(open, { role: 'SYSTEM', id: 'service:order', reason }, now));
}

function extendedWindow(order: Order, failedAt: Date, window: PaymentWindow): Date | null {
  if (order.status !== 'PENDING' || order.paymentExpiresAt === null) return order.paymentExpiresAt;
  const last = later(order.createdAt, Math.max(window.totalMs, window.attemptMs));
  const wanted = later(failedAt, window.attemptMs);
  const until = wanted < last ? wanted : last;
  return until > order.paymentExpiresAt ? until : order.paymentExpiresAt;
}

export interface Refund {
  readonly refundNumber: string;
  /** All refunds of the settling payment so far, this one included. */
  readonly refundedTotalPaise: bigint;
}

/** Refunds tell their running total, so the largest seen is the truth in whatever order they arrive. */
export function recordRefund(order: Order, refund: Refund, now: Date): OrderChange {
  const refundedPaise =
    refund.refundedTotalPaise > order.refundedPaise ? refund.refundedTotalPaise : order.refundedPaise;
  const cause: Cause = { role: 'PAYMENT', id: PAYMENT_SERVICE, reason: `Refund ${refund.refundNumber} was processed.` };
  return advance(order, { what: 'REFUNDED', cause, now, patch: { refundedPaise } });
}

/** The money is still owed and must reach the customer another way: payment alarms, the history shows it. */
export function recordFailedRefund(
  order: Order,
  refund: { refundNumber: string; reason: string },
  now: Date,
): OrderChange {
  const reason = `Refund ${refund.refundNumber} failed: ${refund.reason}`;
  return advance(order, {
    what: 'REFUND_FAILED',
    cause: { role: 'PAYMENT', id: PAYMENT_SERVICE, reason },
    now,
    patch: {},
  });
}

/** Nothing may be sold that is not there: the order is called off where it still can be, and the money goes back. */
export function recordMissingStock(order: Order, reason: string, now: Date): OrderChange {
  const cause: Cause = { role: 'SYSTEM', id: 'service:product', reason };
  if (canMove(order.status, 'CANCELLED', 'SYSTEM')) return cancelOrder(order, cause, now);
  return advance(order, { what: 'STOCK_MISSING', cause, now, patch: {} });
}

export function startProcessing(order: Order, cause: Cause, now: Date): OrderChange {
  requireMove(order.status, 'PROCESSING', cause.role);
  return advance(order, { what: 'PROCESSING', cause, now, patch: { status: 'PROCESSING' } });
}

export interface Shipment {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
}

export function shipOrder(order: Order, shipment: Shipment, cause: Cause, now: Date): OrderChange {
  requireMove(order.status, 'SHIPPED', cause.role);
  requireMoneyKept(order);
  const lines = order.lines.map((line) => ({ ...line, fulfilledQuantity: line.quantity }));
  return advance(order, {
    what: 'SHIPPED',
    cause,
    now,
    patch: { status: 'SHIPPED', shippedAt: now, ...shipment, lines },
    tell: (shipped) => [
      eventOf(OrderShipped, {
        ...factAbout(shipped, cause, now),
        data: { ...snapshotOf(shipped), ...shipment, shippedAt: now.toISOString() },
      }),
    ],
  });
}

/** Cash is not here yet; what was paid must not have gone back whole. */
function requireMoneyKept({ paidAt, refundedPaise, totalPaise }: Order): void {
  if (paidAt === null || refundedPaise === 0n || refundedPaise < totalPaise) return;
  throw orderRefunded();
}

export const orderRefunded = () =>
  conflict('ORDER_REFUNDED', 'All that was paid for this order went back. Cancel it, and its stock comes back.');

export function deliverOrder(order: Order, cause: Cause, now: Date): OrderChange {
  requireMove(order.status, 'DELIVERED', cause.role);
  return advance(order, {
    what: 'DELIVERED',
    cause,
    now,
    patch: { status: 'DELIVERED', deliveredAt: now },
    tell: (delivered) => [
      eventOf(OrderDelivered, {
        ...factAbout(delivered, cause, now),
        data: { ...snapshotOf(delivered), deliveredAt: now.toISOString() },
      }),
    ],
  });
}

const SOLD: readonly OrderStatus[] = ['PAID', 'CONFIRMED', 'PROCESSING'];

export function cancelOrder(order: Order, cause: Cause, now: Date): OrderChange {
  requireMove(order.status, 'CANCELLED', cause.role);
  const cancelledBy = cause.role === 'CUSTOMER' || cause.role === 'ADMIN' ? cause.role : 'SYSTEM';
  const reason = cause.reason ?? 'No reason was given.';
  return advance(order, {
    what: 'CANCELLED',
    cause,
    now,
    patch: { status: 'CANCELLED', cancelledAt: now, cancelledBy, cancelReason: reason },
    tell: (cancelled) => [
      eventOf(OrderCancelled, {
        ...factAbout(cancelled, cause, now),
        data: {
          ...snapshotOf(cancelled),
          cancelledAt: now.toISOString(),
          reason,
          cancelledBy,
          wasSold: SOLD.includes(order.status),
        },
      }),
    ],
  });
}

/**
 * All goods are back. What was paid and not yet refunded is refunded: cash too, once it was handed over at the door,
 * even where payment has not yet told of it.
 */
export function returnOrder(order: Order, cause: Cause, now: Date): OrderChange {
  requireMove(order.status, 'RETURNED', cause.role);
  const wasPaid = order.paidAt !== null || order.status === 'DELIVERED';
  const refundPaise = wasPaid ? order.totalPaise - order.refundedPaise : 0n;
  const lines = order.lines.map((line) => ({ ...line, returnedQuantity: line.quantity }));
  return advance(order, {
    what: 'RETURNED',
    cause,
    now,
    patch: { status: 'RETURNED', returnedAt: now, lines },
    tell: (returned) => [
      eventOf(OrderReturned, {
        ...factAbout(returned, cause, now),
        data: {
          ...snapshotOf(returned),
          returnedAt: now.toISOString(),
          cause: cause.reason ?? 'The goods came back.',
          refundPaise: paiseToWire(refundPaise > 0n ? refundPaise : 0n),
          restock: order.lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
        },
      }),
    ],
  });
}
