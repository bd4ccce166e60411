import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GatewayRefund } from '../razorpay/razorpay-entities.js';
import {
  decideRefund,
  idempotencyKeyOf,
  notesOf,
  outageDelayMs,
  reduceOwed,
  whyNotThroughGateway,
  type Refund,
} from './refund.js';

const AT = new Date('2026-01-01T00:00:00Z');
const refund: Refund = {
  id: '01900000-0000-7000-8000-000000000003',
  refundNumber: 'REF-2026-000001',
  paymentId: '01900000-0000-7000-8000-000000000002',
  subjectId: '01900000-0000-7000-8000-000000000001',
  businessId: '00000000-0000-7000-8000-000000000001',
  userId: null,
  cause: 'order-cancelled',
  reason: 'Changed my mind',
  amountPaise: 50_000n,
  currency: 'INR',
  status: 'REQUESTED',
  settlesOrder: true,
  origin: 'PLATFORM',
  razorpayRefundId: null,
  round: 1,
  tries: 1,
  refusals: 0,
  bounces: 0,
  bouncedPaise: 0n,
  replacesPaise: 0n,
  lastError: null,
  otherMeans: null,
  notes: null,
  requestedBy: null,
  createdAt: AT,
  updatedAt: AT,
  processedAt: null,
};
const fact = (status: GatewayRefund['status'], over: Partial<GatewayRefund> = {}): GatewayRefund => ({
  id: 'rfnd_ABCDEFGHIJKLMN',
  paymentId: 'pay_ABCDEFGHIJKLMN',
  amountPaise: 50_000n,
  currency: 'INR',
  status,
  notes: notesOf(refund),
  ...over,
});

describe('a refund at Razorpay', () => {
  it('is processed once', () => {
    expect(decideRefund(refund, fact('processed'))).toEqual({ kind: 'processed' });
    expect(decideRefund({ ...refund, status: 'PROCESSED' }, fact('processed'))).toEqual({ kind: 'none' });
    expect(decideRefund({ ...refund, status: 'PROCESSED' }, fact('pending'))).toEqual({ kind: 'none' });
    expect(decideRefund({ ...refund, status: 'PROCESSED' }, fact('failed'))).toEqual({ kind: 'none' });
    const made = { ...refund, status: 'PROCESSED' as const, razorpayRefundId: fact('failed').id };
    expect(decideRefund(made, fact('failed'))).toEqual({ kind: 'bounced' });
  });

  it('that failed in an earlier round says nothing of this one', () => {
    const secondRound = { ...refund, round: 2, status: 'FAILED_RETRYING' as const, refusals: 1 };
    expect(decideRefund(secondRound, fact('failed'))).toEqual({ kind: 'none' });
    expect(decideRefund(secondRound, fact('failed', { notes: notesOf(secondRound) })).kind).toBe('failed');
    expect(idempotencyKeyOf(secondRound)).not.toBe(idempotencyKeyOf(refund));
  });

  it('is tried five times before a person has to find another way', () => {
    const finals = [0, 1, 2, 3, 4].map((refusals) => decideRefund({ ...refund, refusals }, fact('failed')));
    expect(finals.map((change) => 'isFinal' in change && change.isFinal)).toEqual([false, false, false, false, true]);
  });

  it('that somebody tried in the dashboard is theirs to try again', () => {
    const imported: Refund = { ...refund, origin: 'DASHBOARD', status: 'PENDING', razorpayRefundId: fact('failed').id };
    expect(decideRefund(imported, fact('failed'))).toEqual({ kind: 'called-off' });
  });
});

describe('what the dashboard gave back', () => {
  it('is taken from what we owe, to the paisa, or not at all', () => {
    const refunds = fc.array(
      fc.record({
        amountPaise: fc.bigInt({ min: 1n, max: 1_000_000n }),
        tries: fc.nat({ max: 2 }),
        status: fc.constantFrom(
          'REQUESTED' as const,
          'FAILED_RETRYING' as const,
          'NEEDS_OTHER_MEANS' as const,
          'PENDING' as const,
          'PROCESSED' as const,
        ),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(refunds, fc.bigInt({ min: 1n, max: 2_000_000n }), (owed, shortfallPaise) => {
        const made = owed.map((over, index) => ({ ...refund, ...over, id: String(index) }));
        const reducible = made.filter(({ status }) => status !== 'PENDING' && status !== 'PROCESSED');
        const total = reducible.reduce((sum, { amountPaise }) => sum + amountPaise, 0n);
        const reductions = reduceOwed(made, shortfallPaise);
        if (total < shortfallPaise) {
          expect(reductions).toBeNull();
          return;
        }
        const taken = (reductions ?? []).reduce(
          (sum, { refund: from, leftPaise }) => sum + from.amountPaise - leftPaise,
          0n,
        );
        expect(taken).toBe(shortfallPaise);
        expect((reductions ?? []).every(({ leftPaise }) => leftPaise >= 0n)).toBe(true);
      }),
    );
  });
});

it('does not ask Razorpay for what it cannot do', () => {
  expect(whyNotThroughGateway({ provider: 'RAZORPAY' }, 100n)).toBeNull();
  expect(whyNotThroughGateway({ provider: 'RAZORPAY' }, 99n)).not.toBeNull();
  expect(whyNotThroughGateway({ provider: 'COD' }, 10_000n)).not.toBeNull();
});

it('asks again at growing intervals, for as long as it takes', () => {
  expect(outageDelayMs(1)).toBeLessThan(outageDelayMs(2));
  expect(outageDelayMs(1_000)).toBe(3_600_000);
});
