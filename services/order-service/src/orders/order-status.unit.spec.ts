import { describe, expect, it } from '@jest/globals';
import {
  ACTOR_ROLES,
  canMove,
  fulfillmentStatusOf,
  movesOf,
  ORDER_STATUSES,
  paymentStatusOf,
  requireMove,
  type ActorRole,
  type OrderStatus,
} from './order-status.js';

/** api.md, "Order status", word for word. */
const AGREED: readonly [OrderStatus, OrderStatus, readonly ActorRole[]][] = [
  ['PENDING', 'PAID', ['PAYMENT']],
  ['PENDING', 'CONFIRMED', ['SYSTEM']],
  ['PENDING', 'CANCELLED', ['CUSTOMER', 'ADMIN', 'SYSTEM']],
  ['PAID', 'PROCESSING', ['ADMIN']],
  ['PAID', 'SHIPPED', ['ADMIN']],
  ['PAID', 'CANCELLED', ['CUSTOMER', 'ADMIN', 'SYSTEM']],
  ['CONFIRMED', 'PROCESSING', ['ADMIN']],
  ['CONFIRMED', 'SHIPPED', ['ADMIN']],
  ['CONFIRMED', 'CANCELLED', ['CUSTOMER', 'ADMIN', 'SYSTEM']],
  ['PROCESSING', 'SHIPPED', ['ADMIN']],
  ['PROCESSING', 'CANCELLED', ['CUSTOMER', 'ADMIN', 'SYSTEM']],
  ['SHIPPED', 'DELIVERED', ['ADMIN']],
  ['SHIPPED', 'RETURNED', ['ADMIN']],
  ['DELIVERED', 'RETURNED', ['ADMIN', 'SYSTEM']],
];

describe('the transition table', () => {
  it('allows what was agreed and nothing else', () => {
    for (const from of ORDER_STATUSES)
      for (const to of ORDER_STATUSES)
        for (const role of ACTOR_ROLES) {
          const agreed = AGREED.some(([a, b, roles]) => a === from && b === to && roles.includes(role));
          expect({ from, to, role, allowed: canMove(from, to, role) }).toEqual({ from, to, role, allowed: agreed });
        }
  });

  it('names what would be allowed when it refuses', () => {
    expect(() => requireMove('SHIPPED', 'CANCELLED', 'ADMIN')).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'INVALID_STATUS_TRANSITION',
        details: { from: 'SHIPPED', to: 'CANCELLED', allowed: ['DELIVERED', 'RETURNED'] },
      }),
    );
    expect(movesOf('CANCELLED', 'ADMIN')).toEqual([]);
  });
});

describe('the payment status', () => {
  const facts = { paidAt: null, refundedPaise: 0n, totalPaise: 100n, failedAttempts: 0 };

  it.each([
    ['PENDING', facts],
    ['FAILED', { ...facts, failedAttempts: 2 }],
    ['PAID', { ...facts, failedAttempts: 2, paidAt: new Date() }],
    ['PARTIALLY_REFUNDED', { ...facts, paidAt: new Date(), refundedPaise: 99n }],
    ['REFUNDED', { ...facts, paidAt: new Date(), refundedPaise: 100n }],
    ['REFUNDED', { ...facts, refundedPaise: 100n }],
  ] as const)('is %s', (status, given) => {
    expect(paymentStatusOf(given)).toBe(status);
  });
});

describe('the fulfilment status', () => {
  it('tells part from whole', () => {
    const line = { quantity: 2, fulfilledQuantity: 0 };
    expect(fulfillmentStatusOf([line, line])).toBe('UNFULFILLED');
    expect(fulfillmentStatusOf([line, { ...line, fulfilledQuantity: 2 }])).toBe('PARTIALLY_FULFILLED');
    expect(fulfillmentStatusOf([{ ...line, fulfilledQuantity: 2 }])).toBe('FULFILLED');
  });
});
