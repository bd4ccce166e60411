import { expect, it } from '@jest/globals';
import { figureChangesOf } from './order-figures.js';
import type { Order } from './order-state.js';

const BUSINESS = '00000000-0000-7000-8000-000000000001';
// Of an order only these count.
const order = (more: Partial<Order> = {}): Order =>
  ({
    businessId: BUSINESS,
    status: 'PENDING',
    paymentStatus: 'PENDING',
    paidAt: null,
    totalPaise: 300_000n,
    refundedPaise: 0n,
    ...more,
  }) as Order;
const paidAt = new Date('2026-11-21T10:00:00.000Z');
const paid = order({ status: 'PAID', paymentStatus: 'PAID', paidAt });
const figures = (status: string, paymentStatus: string, orders: bigint, revenuePaise: bigint) => ({
  businessId: BUSINESS,
  status,
  paymentStatus,
  orders,
  revenuePaise,
});

it('counts a new order, whose money has not come', () =>
  expect(figureChangesOf(null, order())).toEqual([figures('PENDING', 'PENDING', 1n, 0n)]));

it('moves a paid order, with its money', () =>
  expect(figureChangesOf(order(), paid)).toEqual([
    figures('PENDING', 'PENDING', -1n, 0n),
    figures('PAID', 'PAID', 1n, 300_000n),
  ]));

it('takes away what was refunded', () =>
  expect(
    figureChangesOf(
      { ...paid, refundedPaise: 100_000n, paymentStatus: 'PARTIALLY_REFUNDED' },
      { ...paid, refundedPaise: 300_000n, paymentStatus: 'REFUNDED' },
    ),
  ).toEqual([figures('PAID', 'PARTIALLY_REFUNDED', -1n, -200_000n), figures('PAID', 'REFUNDED', 1n, 0n)]));

it('says nothing where nothing changed that counts', () =>
  expect(figureChangesOf(paid, { ...paid, userId: 'somebody', version: 9 })).toEqual([]));
