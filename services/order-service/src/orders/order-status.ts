import { conflict } from '@reseller/runtime';

export const ORDER_STATUSES = [
  'PENDING',
  'PAID',
  'CONFIRMED',
  'PROCESSING',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
  'RETURNED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const PAYMENT_STATUSES = ['PENDING', 'PAID', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export const FULFILLMENT_STATUSES = ['UNFULFILLED', 'PARTIALLY_FULFILLED', 'FULFILLED'] as const;
export type FulfillmentStatus = (typeof FULFILLMENT_STATUSES)[number];

/** PAYMENT is the payment service telling of money; SYSTEM is this platform's own rules (expiry, missing stock). */
export const ACTOR_ROLES = ['CUSTOMER', 'ADMIN', 'PAYMENT', 'SYSTEM'] as const;
export type ActorRole = (typeof ACTOR_ROLES)[number];

type Moves = Readonly<Partial<Record<OrderStatus, readonly ActorRole[]>>>;

/** Who may take an order from one status to another. There is no other way: every change of status asks this table. */
export const TRANSITIONS: Readonly<Record<OrderStatus, Moves>> = {
  PENDING: {
    PAID: ['PAYMENT'],
    CONFIRMED: ['SYSTEM'],
    CANCELLED: ['CUSTOMER', 'ADMIN', 'SYSTEM'],
  },
  PAID: {
    PROCESSING: ['ADMIN'],
    SHIPPED: ['ADMIN'],
    CANCELLED: ['CUSTOMER', 'ADMIN', 'SYSTEM'],
  },
  CONFIRMED: {
    PROCESSING: ['ADMIN'],
    SHIPPED: ['ADMIN'],
    CANCELLED: ['CUSTOMER', 'ADMIN', 'SYSTEM'],
  },
  PROCESSING: {
    SHIPPED: ['ADMIN'],
    CANCELLED: ['CUSTOMER', 'ADMIN', 'SYSTEM'],
  },
  SHIPPED: {
    DELIVERED: ['ADMIN'],
    RETURNED: ['ADMIN'],
  },
  DELIVERED: {
    RETURNED: ['ADMIN', 'SYSTEM'],
  },
  CANCELLED: {},
  RETURNED: {},
};

export function canMove(from: OrderStatus, to: OrderStatus, role: ActorRole): boolean {
  return TRANSITIONS[from][to]?.includes(role) ?? false;
}

/** Where `role` may take an order that is `from`. */
export function movesOf(from: OrderStatus, role: ActorRole): OrderStatus[] {
  return ORDER_STATUSES.filter((to) => canMove(from, to, role));
}

/** @throws 409 INVALID_STATUS_TRANSITION with what would be allowed. */
export function requireMove(from: OrderStatus, to: OrderStatus, role: ActorRole): void {
  if (canMove(from, to, role)) return;
  throw conflict('INVALID_STATUS_TRANSITION', `An order that is ${from} cannot become ${to}.`, {
    from,
    to,
    allowed: movesOf(from, role),
  });
}

export interface MoneyFacts {
  readonly paidAt: Date | null;
  readonly refundedPaise: bigint;
  readonly totalPaise: bigint;
  readonly failedAttempts: number;
}

/** Derived from facts, each set by its own event, so that events in any order end in the same status. */
export function paymentStatusOf({ paidAt, refundedPaise, totalPaise, failedAttempts }: MoneyFacts): PaymentStatus {
  if (refundedPaise > 0n) return refundedPaise >= totalPaise ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  if (paidAt !== null) return 'PAID';
  return failedAttempts > 0 ? 'FAILED' : 'PENDING';
}

export function fulfillmentStatusOf(
  lines: readonly { readonly quantity: number; readonly fulfilledQuantity: number }[],
): FulfillmentStatus {
  if (lines.every((line) => line.fulfilledQuantity === 0)) return 'UNFULFILLED';
  return lines.every((line) => line.fulfilledQuantity === line.quantity) ? 'FULFILLED' : 'PARTIALLY_FULFILLED';
}
