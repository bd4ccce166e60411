import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  contributionOf,
  differenceOf,
  NO_CONTRIBUTION,
  withFact,
  type OrderFact,
  type OrderFacts,
} from './customer-order.js';

const at = new Date('2026-01-02T00:00:00.000Z');
const unknown: OrderFacts = { paidAt: null, totalPaise: 240_764n, refundedPaise: 0n };

describe('what an order adds to its customer', () => {
  it.each<[string, OrderFact[], ReturnType<typeof contributionOf>]>([
    ['nothing before it is paid', [], NO_CONTRIBUTION],
    ['one order and its amount once it is paid', [{ paidAt: at }], { orders: 1, spentPaise: 240_764n }],
    ['less what was refunded', [{ paidAt: at }, { refundedTotalPaise: 100_000n }], { orders: 1, spentPaise: 140_764n }],
    [
      'the order still, when all is refunded',
      [{ paidAt: at }, { refundedTotalPaise: 240_764n }],
      { orders: 1, spentPaise: 0n },
    ],
    ['nothing for a refund whose payment is not known yet', [{ refundedTotalPaise: 100_000n }], NO_CONTRIBUTION],
    ['never less than nothing', [{ paidAt: at }, { refundedTotalPaise: 999_999n }], { orders: 1, spentPaise: 0n }],
  ])('is %s', (_, facts, expected) => expect(contributionOf(facts.reduce(withFact, unknown))).toEqual(expected));

  it('is the same in whatever order and however often the facts come, step by step and at once', () => {
    const fact = fc.oneof(
      fc.constant<OrderFact>({ paidAt: at }),
      fc.bigInt({ min: 0n, max: 300_000n }).map((refundedTotalPaise): OrderFact => ({ refundedTotalPaise })),
    );
    fc.assert(
      fc.property(fc.array(fact), fc.array(fact), (said, again) => {
        const reached = (facts: readonly OrderFact[]) => contributionOf(facts.reduce(withFact, unknown));
        expect(reached([...said, ...again, ...said])).toEqual(reached([...again, ...said].toReversed()));
        let known = unknown;
        let counted = NO_CONTRIBUTION;
        for (const each of said) {
          const next = withFact(known, each);
          const { orders, spentPaise } = differenceOf(contributionOf(known), contributionOf(next));
          counted = { orders: counted.orders + orders, spentPaise: counted.spentPaise + spentPaise };
          known = next;
        }
        expect(counted).toEqual(reached(said));
      }),
    );
  });
});
