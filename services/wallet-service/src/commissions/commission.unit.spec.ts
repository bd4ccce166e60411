import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  commissionCalledFor,
  movementsBetween,
  NOTHING,
  type CommissionFacts,
  type CommissionPosition,
} from './commission.js';

const facts = (over: Partial<CommissionFacts> = {}): CommissionFacts => ({
  commissionPaise: 30_000n,
  orderTotalPaise: 300_000n,
  isLocked: true,
  isUnlocked: false,
  isCancelled: false,
  refundedPaise: 0n,
  ...over,
});

const at = (pendingPaise: bigint, availablePaise: bigint): CommissionPosition => ({ pendingPaise, availablePaise });

describe('what the facts call for', () => {
  it.each([
    ['nothing before the money came', { isLocked: false, isUnlocked: true }, NOTHING],
    ['pending once it came', {}, at(30_000n, 0n)],
    ['available once delivered and held', { isUnlocked: true }, at(0n, 30_000n)],
    ['nothing once cancelled', { isUnlocked: true, isCancelled: true }, NOTHING],
    ['less the refunded share', { refundedPaise: 100_000n }, at(20_000n, 0n)],
    ['nothing once all is refunded', { refundedPaise: 300_000n, isUnlocked: true }, NOTHING],
    ['nothing when more is refunded than was owed', { refundedPaise: 300_001n }, NOTHING],
    ['all of it for an order that cost nothing', { orderTotalPaise: 0n }, at(30_000n, 0n)],
  ])('is %s', (_, over, expected) => {
    expect(commissionCalledFor(facts(over))).toEqual(expected);
  });

  it('rounds the share that goes back half up to the paisa', () => {
    const kept = (refundedPaise: bigint) =>
      commissionCalledFor(facts({ commissionPaise: 101n, orderTotalPaise: 200n, refundedPaise })).pendingPaise;
    expect([kept(1n), kept(99n), kept(100n), kept(199n)]).toEqual([100n, 51n, 50n, 1n]);
  });

  it('never grows with refunds, and is gone with the last one', () => {
    const amount = fc.bigInt({ min: 1n, max: 100_000_000_000n });
    fc.assert(
      fc.property(amount, amount, amount, amount, (commissionPaise, orderTotalPaise, first, second) => {
        const kept = (refundedPaise: bigint) =>
          commissionCalledFor(facts({ commissionPaise, orderTotalPaise, refundedPaise })).pendingPaise;
        expect(kept(first + second)).toBeLessThanOrEqual(kept(first));
        expect(kept(first)).toBeGreaterThanOrEqual(0n);
        expect(kept(orderTotalPaise)).toBe(0n);
      }),
    );
  });
});

describe('the movements to it', () => {
  it.each([
    ['none where it stands there', at(5n, 0n), at(5n, 0n), []],
    ['locks', NOTHING, at(5n, 0n), [['COMMISSION_CREATED', 5n]]],
    ['unlocks', at(5n, 0n), at(0n, 5n), [['COMMISSION_UNLOCKED', 5n]]],
    [
      'locks and unlocks',
      NOTHING,
      at(0n, 5n),
      [
        ['COMMISSION_CREATED', 5n],
        ['COMMISSION_UNLOCKED', 5n],
      ],
    ],
    ['releases what is pending', at(5n, 0n), at(3n, 0n), [['COMMISSION_RELEASED', 2n]]],
    [
      'releases, then unlocks the rest',
      at(5n, 0n),
      at(0n, 3n),
      [
        ['COMMISSION_RELEASED', 2n],
        ['COMMISSION_UNLOCKED', 3n],
      ],
    ],
    ['claws back what was available', at(0n, 5n), at(0n, 3n), [['COMMISSION_CLAWED_BACK', 2n]]],
  ])('are: %s', (_, posted, calledFor, expected) => {
    expect(movementsBetween(posted, calledFor).map(({ type, amountPaise }) => [type, amountPaise])).toEqual(expected);
  });

  it('lead from wherever it stood to where it should stand, in whatever order the facts came', () => {
    const fact = fc.oneof(
      fc.constant<Partial<CommissionFacts>>({ isLocked: true }),
      fc.constant<Partial<CommissionFacts>>({ isUnlocked: true }),
      fc.constant<Partial<CommissionFacts>>({ isCancelled: true }),
      fc.bigInt({ min: 0n, max: 400_000n }).map((refundedPaise): Partial<CommissionFacts> => ({ refundedPaise })),
    );
    fc.assert(
      fc.property(fc.array(fact), (said) => {
        let known = facts({ isLocked: false });
        let posted = NOTHING;
        for (const each of said) {
          const refundedPaise = [known.refundedPaise, each.refundedPaise ?? 0n].reduce((a, b) => (a > b ? a : b));
          known = { ...known, ...each, refundedPaise };
          posted = movementsBetween(posted, commissionCalledFor(known)).reduce(apply, posted);
          expect(posted).toEqual(commissionCalledFor(known));
        }
      }),
    );
  });
});

function apply(
  { pendingPaise, availablePaise }: CommissionPosition,
  { type, amountPaise }: ReturnType<typeof movementsBetween>[number],
): CommissionPosition {
  const moved = {
    COMMISSION_CREATED: at(pendingPaise + amountPaise, availablePaise),
    COMMISSION_RELEASED: at(pendingPaise - amountPaise, availablePaise),
    COMMISSION_UNLOCKED: at(pendingPaise - amountPaise, availablePaise + amountPaise),
    COMMISSION_CLAWED_BACK: at(pendingPaise, availablePaise - amountPaise),
  }[type];
  expect(moved.pendingPaise >= 0n && moved.availablePaise >= 0n).toBe(true);
  return moved;
}
