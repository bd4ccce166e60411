import { orderSnapshotSchema, type OrderSnapshot } from '@reseller/contracts';
import { paiseToWire } from '@reseller/money';
import { z } from 'zod';
import { snapshotOf } from './order-snapshot.js';
import type { Order } from './order-state.js';
import { ORDER_STATUSES, type OrderStatus } from './order-status.js';

const UNPAYABLE_REASONS = [
  'ALREADY_PAID',
  'CANCELLED',
  'CASH_ON_DELIVERY',
  'NOT_PENDING',
  'PAYMENT_WINDOW_PASSED',
] as const;
type UnpayableReason = (typeof UNPAYABLE_REASONS)[number];

export const payableView = orderSnapshotSchema.extend({
  status: z.enum(ORDER_STATUSES),
  payable: z.boolean(),
  reason: z.enum(UNPAYABLE_REASONS).optional(),
  /** What is still owed, whether or not it may be paid online now. */
  payablePaise: z.int().nonnegative(),
  paymentExpiresAt: z.iso.datetime().nullable(),
  /** Whether the order token that was sent is this order's; absent where none was sent. */
  orderTokenOk: z.boolean().optional(),
});

export interface Payable extends OrderSnapshot {
  readonly status: OrderStatus;
  readonly payable: boolean;
  readonly reason?: UnpayableReason;
  readonly payablePaise: number;
  readonly paymentExpiresAt: string | null;
}

function reasonNotToPay(order: Order, now: Date): UnpayableReason | undefined {
  if (order.paidAt !== null) return 'ALREADY_PAID';
  if (order.status === 'CANCELLED') return 'CANCELLED';
  if (order.paymentMethod === 'COD') return 'CASH_ON_DELIVERY';
  if (order.status !== 'PENDING') return 'NOT_PENDING';
  if (order.paymentExpiresAt !== null && order.paymentExpiresAt <= now) return 'PAYMENT_WINDOW_PASSED';
  return undefined;
}

/** What is owed on an order: payment asks us, never its caller. */
export function payableOf(order: Order, now: Date): Payable {
  const reason = reasonNotToPay(order, now);
  const isOwed = order.paidAt === null && order.status !== 'CANCELLED' && order.status !== 'RETURNED';
  return {
    ...snapshotOf(order),
    status: order.status,
    payable: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    payablePaise: isOwed ? paiseToWire(order.totalPaise) : 0,
    paymentExpiresAt: order.paymentExpiresAt?.toISOString() ?? null,
  };
}
