import { describe, expect, it } from '@jest/globals';
import type { OrderSnapshot } from '@reseller/contracts';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { canBecome, gatewayStatesBefore, PAYMENT_STATUSES, statesBefore } from './payment-status.js';
import {
  captured,
  decideCapture,
  isFailureNews,
  mismatchOf,
  receiptFor,
  refundablePaise,
  type Payment,
  type SubjectAccount,
} from './payment.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const snapshot: OrderSnapshot = {
  orderId: '01900000-0000-7000-8000-000000000001',
  orderNumber: 'ORD-2026-000001',
  businessId: '00000000-0000-7000-8000-000000000001',
  buyer: { userId: null, customerId: null, name: null, email: null, phone: null },
  sellerId: null,
  shareLinkId: null,
  paymentMethod: 'RAZORPAY',
  currency: 'INR',
  pricesIncludeTax: true,
  subtotalPaise: 300_000,
  discountPaise: 0,
  taxPaise: 0,
  shippingPaise: 0,
  totalPaise: 300_000,
  commissionPaise: 0,
  items: [],
  createdAt: NOW.toISOString(),
};
const account: SubjectAccount = {
  subjectId: snapshot.orderId,
  version: 0n,
  settlingPaymentId: null,
  failedAttempts: 0,
  closedAt: null,
  isBuyerForgotten: false,
};
const payment: Payment = {
  id: '01900000-0000-7000-8000-000000000002',
  subjectId: snapshot.orderId,
  orderNumber: snapshot.orderNumber,
  businessId: snapshot.businessId,
  userId: null,
  provider: 'RAZORPAY',
  status: 'PENDING',
  gatewayStatus: null,
  amountPaise: 300_000n,
  currency: 'INR',
  method: null,
  isOpen: true,
  settles: false,
  receipt: receiptFor(snapshot.orderId),
  razorpayOrderId: 'order_ABCDEFGHIJKLMN',
  holdsRazorpayOrder: true,
  razorpayPaymentId: null,
  capturedPaise: 0n,
  refundCommittedPaise: 0n,
  refundedPaise: 0n,
  bouncedPaise: 0n,
  failedRefundIds: [],
  failureReason: null,
  snapshot,
  createdAt: NOW,
  updatedAt: NOW,
  capturedAt: null,
  authorizedAt: null,
  failedAt: null,
  refundedAt: null,
  refundReason: null,
};
const fact: GatewayPayment = {
  id: 'pay_ABCDEFGHIJKLMN',
  orderId: 'order_ABCDEFGHIJKLMN',
  status: 'captured',
  amountPaise: 300_000n,
  currency: 'INR',
  method: 'UPI',
  refundedPaise: 0n,
  feePaise: 7080n,
  feeTaxPaise: 1080n,
  failureReason: null,
  isCaptured: true,
  isNeverCaptured: false,
};
const settled = captured(payment, fact, { settles: true, status: 'SUCCESS' }, NOW);

describe('a capture', () => {
  it('settles an order that waits for it', () => {
    expect(decideCapture(account, payment, fact)).toEqual({ kind: 'settles' });
    expect(decideCapture(account, { ...payment, status: 'FAILED' }, fact)).toEqual({ kind: 'settles' });
  });

  it('is known the second time', () => {
    expect(decideCapture({ ...account, settlingPaymentId: payment.id }, settled, fact)).toEqual({ kind: 'known' });
  });

  it.each([
    ['second-capture', { ...account, settlingPaymentId: payment.id }, settled, { ...fact, id: 'pay_ZZZZZZZZZZZZZZ' }],
    ['captured-after-close', { ...account, closedAt: NOW }, { ...payment, isOpen: false }, fact],
    ['integrity-failed', account, payment, { ...fact, amountPaise: 299_999n }],
    ['integrity-failed', account, payment, { ...fact, currency: 'USD' }],
    ['integrity-failed', account, payment, { ...fact, orderId: 'order_ZZZZZZZZZZZZZZ' }],
    ['superseded', account, { ...payment, isOpen: false }, fact],
  ])('goes back as %s', (cause, itsAccount, itsPayment, itsFact) => {
    expect(decideCapture(itsAccount, itsPayment, itsFact)).toMatchObject({ kind: 'goes-back', cause });
  });

  it('settles beside one that could not', () => {
    const wrong = captured(payment, { ...fact, amountPaise: 1n }, { settles: false, status: 'INTEGRITY_FAILED' }, NOW);
    expect(decideCapture(account, wrong, { ...fact, id: 'pay_ZZZZZZZZZZZZZZ' })).toEqual({ kind: 'settles' });
  });

  it('can be given back by what came in, not by what was asked for', () => {
    const wrong = captured(
      payment,
      { ...fact, amountPaise: 100n },
      { settles: false, status: 'INTEGRITY_FAILED' },
      NOW,
    );
    expect(refundablePaise(wrong)).toBe(100n);
    expect(mismatchOf(payment, fact)).toBeNull();
  });
});

describe('a failed attempt', () => {
  const authorized: Payment = { ...payment, status: 'PROCESSING', razorpayPaymentId: 'pay_ZZZZZZZZZZZZZZ' };

  it.each([
    ['news while nothing came in', true, account, payment],
    ['news again for another attempt', true, account, { ...payment, status: 'FAILED' as const }],
    ['no news while another attempt is under way', false, account, authorized],
    ['no news once the order is paid', false, { ...account, settlingPaymentId: payment.id }, settled],
    ['no news once it is closed', false, { ...account, closedAt: NOW }, payment],
  ])('is %s', (_what, expected, itsAccount, itsPayment) => {
    expect(isFailureNews(itsAccount, itsPayment, fact.id)).toBe(expected);
  });
});

describe('states', () => {
  it('only move forward: money that came in never goes back to not having come', () => {
    for (const status of ['SUCCESS', 'PARTIALLY_REFUNDED', 'REFUNDED', 'INTEGRITY_FAILED'] as const) {
      for (const before of ['PENDING', 'PROCESSING', 'FAILED'] as const) expect(canBecome(status, before)).toBe(false);
    }
    for (const status of PAYMENT_STATUSES) expect(canBecome(status, status)).toBe(false);
  });

  it('let a failure become a success', () => {
    expect(statesBefore('SUCCESS')).toEqual(['PENDING', 'PROCESSING', 'FAILED']);
    expect(gatewayStatesBefore('authorized')).toEqual(['created', 'failed']);
    expect(gatewayStatesBefore('failed')).toEqual(['created']);
  });
});

it('a receipt has 38 characters', () => {
  expect(receiptFor(snapshot.orderId)).toBe('order_01900000000070008000000000000001');
  expect(receiptFor(snapshot.orderId)).toHaveLength(38);
});
