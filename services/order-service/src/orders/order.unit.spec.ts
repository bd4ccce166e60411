import { describe, expect, it } from '@jest/globals';
import { definitionOf, orderSnapshotSchema } from '@reseller/contracts';
import fc from 'fast-check';
import type { OrderChange } from './order-change.js';
import type { Cause, Order, OrderTerms } from './order-state.js';
import {
  cancelOrder,
  deliverOrder,
  placeOrder,
  recordFailedPayment,
  recordMissingStock,
  recordPayment,
  recordRefund,
  returnOrder,
  shipOrder,
  startProcessing,
} from './order.js';

const NOW = new Date('2026-11-21T10:00:00.000Z');
const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
const WINDOW = { attemptMs: 15 * 60_000, totalMs: 60 * 60_000 };
const PAYMENT_ID = '0195f000-0000-7000-8000-00000000dead';
const BUYER: Cause = { role: 'CUSTOMER', id: '0195f000-0000-7000-8000-0000000000c1', reason: null };
const ADMIN: Cause = { role: 'ADMIN', id: '0195f000-0000-7000-8000-0000000000ad', reason: 'asked by phone' };
const UNTRACKED = { carrier: null, trackingNumber: null, trackingUrl: null };

const terms = (more: Partial<OrderTerms> = {}): OrderTerms => ({
  id: '0195f000-0000-7000-8000-000000000001',
  orderNumber: 'ORD-2026-000001',
  businessId: '00000000-0000-7000-8000-000000000001',
  tenantId: '00000000-0000-7000-8000-000000000000',
  userId: BUYER.id,
  customerId: null,
  sellerId: null,
  shareLinkId: null,
  buyerName: null,
  buyerEmail: null,
  buyerPhone: null,
  shippingAddress: '123 Main St',
  paymentMethod: 'RAZORPAY',
  currency: 'INR',
  pricesIncludeTax: true,
  subtotalPaise: 300_000n,
  discountPaise: 0n,
  taxPaise: 45_763n,
  shippingPaise: 0n,
  totalPaise: 300_000n,
  commissionPaise: 30_000n,
  notes: null,
  source: null,
  orderType: null,
  createdAt: NOW,
  lines: [
    {
      id: '0195f000-0000-7000-8000-000000000011',
      position: 1,
      productId: '0195f000-0000-7000-8000-00000000000a',
      variantId: '0195f000-0000-7000-8000-0000000000a1',
      sku: 'TSHIRT',
      name: 'T-shirt',
      variantName: null,
      imageUrl: null,
      hsn: null,
      mrpPaise: null,
      quantity: 2,
      basePricePaise: 100_000n,
      unitPricePaise: 150_000n,
      subtotalPaise: 300_000n,
      discountPaise: 0n,
      taxRateBps: 1_800,
      taxPaise: 45_763n,
      cgstPaise: 0n,
      sgstPaise: 0n,
      igstPaise: 45_763n,
      totalPaise: 300_000n,
      commissionPaise: 30_000n,
      fulfilledQuantity: 0,
      returnedQuantity: 0,
    },
  ],
  ...more,
});

const pending = (more: Partial<OrderTerms> = {}): Order => placeOrder(terms(more), WINDOW, BUYER).order;
const payment = {
  paymentId: PAYMENT_ID,
  amountPaise: 300_000n,
  capturedAt: minutesLater(1),
  isOffline: false,
  gatewayPaymentId: null,
};
const paid = (): Order => recordPayment(pending(), payment, minutesLater(1)).order;
const shipped = (order: Order): Order => shipOrder(order, UNTRACKED, ADMIN, minutesLater(2)).order;
const typesOf = (change: OrderChange): string[] => change.events.map(({ type }) => type);

describe('placing', () => {
  it('gives the buyer the window to pay and tells it', () => {
    const change = placeOrder(terms(), WINDOW, BUYER);
    expect(change.order).toMatchObject({ status: 'PENDING', paymentExpiresAt: minutesLater(15), version: 1 });
    expect(typesOf(change)).toEqual(['ORDER_CREATED']);
    expect(change.history).toMatchObject([{ what: 'PLACED', fromStatus: null, toStatus: 'PENDING', version: 1 }]);
    expect(() => orderSnapshotSchema.parse(change.events[0]?.data)).not.toThrow();
  });

  it('confirms cash on delivery at once, and nothing can expire', () => {
    const change = placeOrder(terms({ paymentMethod: 'COD' }), WINDOW, BUYER);
    expect(change.order).toMatchObject({
      status: 'CONFIRMED',
      paymentStatus: 'PENDING',
      paymentExpiresAt: null,
      version: 2,
    });
    expect(change.events.map(({ type, aggregateVersion }) => [type, aggregateVersion])).toEqual([
      ['ORDER_CREATED', 1],
      ['ORDER_CONFIRMED', 2],
    ]);
  });
});

describe('money', () => {
  it('makes a pending order PAID, once', () => {
    const change = recordPayment(pending(), payment, minutesLater(1));
    expect(change.order).toMatchObject({ status: 'PAID', paymentStatus: 'PAID', paymentId: PAYMENT_ID });
    expect(typesOf(change)).toEqual(['ORDER_PAID']);
    const again = recordPayment(change.order, payment, minutesLater(2));
    expect(again).toEqual({ order: change.order, events: [], history: [] });
  });

  it('of another amount is refused', () => {
    expect(() => recordPayment(pending(), { ...payment, amountPaise: 299_999n }, NOW)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'PAYMENT_AMOUNT_MISMATCH' }),
    );
  });

  it('after the cancellation is kept as a fact and told to nobody', () => {
    const cancelled = cancelOrder(pending(), BUYER, minutesLater(1)).order;
    const change = recordPayment(cancelled, payment, minutesLater(2));
    expect(change.order).toMatchObject({ status: 'CANCELLED', paymentStatus: 'PAID', paymentId: PAYMENT_ID });
    expect(change.events).toEqual([]);
  });

  it('for a cash order comes after delivery and leaves the status', () => {
    const delivered = deliverOrder(shipped(pending({ paymentMethod: 'COD' })), ADMIN, minutesLater(3)).order;
    const change = recordPayment(delivered, payment, minutesLater(4));
    expect(change.order).toMatchObject({ status: 'DELIVERED', paymentStatus: 'PAID' });
    expect(typesOf(change)).toEqual(['ORDER_PAID']);
  });

  it('ends in the same state whichever of payment and refund is heard first', () => {
    const refund = { refundNumber: 'REF-1', refundedTotalPaise: 300_000n };
    const inOrder = recordRefund(paid(), refund, minutesLater(3)).order;
    const refundFirst = recordPayment(
      recordRefund(pending(), refund, minutesLater(3)).order,
      payment,
      minutesLater(3),
    ).order;
    expect(refundFirst).toEqual(inOrder);
    expect(inOrder.paymentStatus).toBe('REFUNDED');
  });

  it('refunded in parts ends the same in every order of arrival', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([100n, 5_000n, 120_000n, 300_000n], { minLength: 4 }), (totals) => {
        const order = totals.reduce(
          (state, refundedTotalPaise) => recordRefund(state, { refundNumber: 'REF', refundedTotalPaise }, NOW).order,
          paid(),
        );
        expect(order).toMatchObject({ refundedPaise: 300_000n, paymentStatus: 'REFUNDED' });
      }),
    );
  });
});

describe('a failed attempt', () => {
  const keep = { window: WINDOW, cancels: false };
  const failed = (order: Order, attempt: number, minute: number): Order =>
    recordFailedPayment(
      order,
      { attempt, reason: 'declined', failedAt: minutesLater(minute) },
      keep,
      minutesLater(minute),
    ).order;

  it('leaves the order pending and counts the window from then', () => {
    expect(failed(pending(), 1, 10)).toMatchObject({
      status: 'PENDING',
      paymentStatus: 'FAILED',
      paymentExpiresAt: minutesLater(25),
    });
  });

  it('tells how long the order waits now, where that is longer', () => {
    const told = (order: Order, minute: number) =>
      recordFailedPayment(
        order,
        { attempt: 1, reason: 'declined', failedAt: minutesLater(minute) },
        keep,
        minutesLater(minute),
      ).events;
    expect(told(pending(), 10)).toMatchObject([
      { type: 'ORDER_PAYMENT_EXTENDED', data: { paymentExpiresAt: minutesLater(25).toISOString() } },
    ]);
    expect(told(failed(pending(), 1, 10), 5)).toEqual([]);
    expect(told(paid(), 20)).toEqual([]);
  });

  it('never holds the stock longer than an hour', () => {
    expect(failed(failed(pending(), 1, 14), 2, 58).paymentExpiresAt).toEqual(minutesLater(60));
  });

  it('heard late or out of order ends the same', () => {
    const { version: _a, updatedAt: _b, ...inOrder } = failed(failed(pending(), 1, 5), 2, 9);
    const { version: _c, updatedAt: _d, ...reversed } = failed(failed(pending(), 2, 9), 1, 5);
    expect(reversed).toEqual(inOrder);
    expect(failed(paid(), 1, 20)).toMatchObject({
      status: 'PAID',
      paymentStatus: 'PAID',
      paymentExpiresAt: null,
    });
  });

  it('cancels where the policy says so', () => {
    const failure = { attempt: 1, reason: 'declined', failedAt: NOW };
    const change = recordFailedPayment(pending(), failure, { window: WINDOW, cancels: true }, NOW);
    expect(change.order).toMatchObject({ status: 'CANCELLED', cancelledBy: 'SYSTEM', version: 3 });
    expect(typesOf(change)).toEqual(['ORDER_CANCELLED']);
  });
});

describe('calling off', () => {
  it('says whether goods had been sold', () => {
    expect(cancelOrder(pending(), BUYER, NOW).events[0]?.data).toMatchObject({
      wasSold: false,
      cancelledBy: 'CUSTOMER',
    });
    expect(cancelOrder(paid(), BUYER, NOW).events[0]?.data).toMatchObject({ wasSold: true });
  });

  it('is too late once the parcel left', () => {
    expect(() => cancelOrder(shipped(paid()), BUYER, NOW)).toThrow(
      expect.objectContaining({
        code: 'INVALID_STATUS_TRANSITION',
        details: expect.objectContaining({ from: 'SHIPPED' }),
      }),
    );
  });

  it('happens by itself when the stock is gone, while it still can', () => {
    expect(recordMissingStock(paid(), 'sold out', NOW).order).toMatchObject({
      status: 'CANCELLED',
      cancelledBy: 'SYSTEM',
    });
    const late = recordMissingStock(shipped(paid()), 'sold out', NOW);
    expect(late.order.status).toBe('SHIPPED');
    expect(late.history).toMatchObject([{ what: 'STOCK_MISSING' }]);
  });
});

describe('fulfilment', () => {
  it('goes from processing to delivered, with tracking and an entry in the audit log', () => {
    const processing = startProcessing(paid(), ADMIN, NOW).order;
    const tracking = { carrier: 'Delhivery', trackingNumber: 'TRACK1', trackingUrl: null };
    const change = shipOrder(processing, tracking, ADMIN, minutesLater(5));
    expect(change.order).toMatchObject({ ...tracking, status: 'SHIPPED', fulfillmentStatus: 'FULFILLED' });
    expect(typesOf(change)).toEqual(['ORDER_SHIPPED', 'ADMIN_ACTION_RECORDED']);
    expect(deliverOrder(change.order, ADMIN, minutesLater(6)).order.status).toBe('DELIVERED');
  });

  it('waits for nobody whose money went back whole; a part of it is no reason', () => {
    const refunded = (refundedTotalPaise: bigint) =>
      recordRefund(paid(), { refundNumber: 'REF-1', refundedTotalPaise }, NOW).order;
    const { totalPaise } = paid();
    expect(() => shipOrder(refunded(totalPaise), UNTRACKED, ADMIN, NOW)).toThrow('went back');
    expect(shipOrder(refunded(totalPaise - 1n), UNTRACKED, ADMIN, NOW).order.status).toBe('SHIPPED');
    expect(shipped(pending({ paymentMethod: 'COD' })).status).toBe('SHIPPED');
  });

  it('that comes back refunds what was paid: cash handed over at the door too, cash never collected not', () => {
    const refundOf = (order: Order) => returnOrder(order, ADMIN, NOW).events[0]?.data;
    const cash = shipped(pending({ paymentMethod: 'COD' }));
    expect(refundOf(shipped(paid()))).toMatchObject({ refundPaise: 300_000, restock: [{ quantity: 2 }] });
    expect(refundOf(cash)).toMatchObject({ refundPaise: 0 });
    expect(refundOf(deliverOrder(cash, ADMIN, NOW).order)).toMatchObject({ refundPaise: 300_000 });
  });
});

describe('what is told', () => {
  it('is what the catalogue promises, in every event of two whole lives', () => {
    const cash = placeOrder(terms({ paymentMethod: 'COD' }), WINDOW, BUYER);
    const changes = [
      cash,
      placeOrder(terms(), WINDOW, BUYER),
      recordPayment(pending(), payment, NOW),
      shipOrder(paid(), UNTRACKED, ADMIN, NOW),
      deliverOrder(shipped(paid()), ADMIN, NOW),
      cancelOrder(paid(), ADMIN, NOW),
      returnOrder(shipped(paid()), ADMIN, NOW),
    ];
    const events = changes.flatMap((change) => change.events);
    for (const event of events) {
      const parsed = definitionOf(event.type)?.schema.safeParse(event.data);
      expect({ type: event.type, error: parsed?.error }).toEqual({ type: event.type, error: undefined });
    }
    expect(new Set(events.map(({ type }) => type)).size).toBe(8);
  });
});
