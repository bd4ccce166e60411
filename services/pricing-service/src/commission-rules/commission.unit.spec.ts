import { describe, expect, it } from '@jest/globals';
import { chooseCommissionRule, commissionOf, type CommissionRule } from './commission.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const SUBJECT = {
  businessId: 'business',
  sellerId: 'seller',
  productId: 'product',
  categoryPath: ['root', 'middle', 'leaf'],
};

const rule = (over: Partial<CommissionRule>): CommissionRule => ({
  id: 'a',
  businessId: null,
  scope: 'platform',
  scopeId: null,
  basis: 'SALE',
  rateBps: 1_000,
  validFrom: null,
  validTo: null,
  isActive: true,
  ...over,
});

/** From the narrowest to the widest. */
const LADDER = [
  rule({ id: 'seller', scope: 'seller', scopeId: 'seller' }),
  rule({ id: 'product', scope: 'product', scopeId: 'product' }),
  rule({ id: 'leaf', scope: 'category', scopeId: 'leaf' }),
  rule({ id: 'root', scope: 'category', scopeId: 'root' }),
  rule({ id: 'business', scope: 'business', scopeId: 'business', businessId: 'business' }),
  rule({ id: 'platform' }),
];

describe('choosing a commission rule', () => {
  it('takes the narrowest scope, whatever the order of the rules', () => {
    for (let from = 0; from < LADDER.length; from += 1) {
      const rest = LADDER.slice(from);
      expect(chooseCommissionRule(rest, SUBJECT, NOW)?.id).toBe(LADDER[from]?.id);
      expect(chooseCommissionRule(rest.toReversed(), SUBJECT, NOW)?.id).toBe(LADDER[from]?.id);
    }
  });

  it('ignores rules of other sellers, products, categories and businesses', () => {
    const others = [
      rule({ scope: 'seller', scopeId: 'other' }),
      rule({ scope: 'product', scopeId: 'other' }),
      rule({ scope: 'category', scopeId: 'other' }),
      rule({ scope: 'seller', scopeId: 'seller', businessId: 'other business' }),
    ];
    expect(chooseCommissionRule(others, SUBJECT, NOW)).toBeUndefined();
  });

  it('ignores rules that are switched off, not yet or no longer in force', () => {
    const at = (text: string) => new Date(text);
    expect(chooseCommissionRule([rule({ isActive: false })], SUBJECT, NOW)).toBeUndefined();
    expect(chooseCommissionRule([rule({ validFrom: at('2026-06-01T00:00:00.001Z') })], SUBJECT, NOW)).toBeUndefined();
    expect(chooseCommissionRule([rule({ validTo: NOW })], SUBJECT, NOW)).toBeUndefined();
    expect(chooseCommissionRule([rule({ validFrom: NOW })], SUBJECT, NOW)).toBeDefined();
  });

  it('takes of two equals the one that came into force last', () => {
    const older = rule({ id: 'z', validFrom: new Date('2026-01-01T00:00:00Z') });
    const newer = rule({ id: 'a', validFrom: new Date('2026-05-01T00:00:00Z') });
    expect(chooseCommissionRule([older, newer], SUBJECT, NOW)?.id).toBe('a');
    expect(chooseCommissionRule([rule({ id: '1' }), rule({ id: '2' })], SUBJECT, NOW)?.id).toBe('2');
  });
});

describe('a commission', () => {
  it('is a share of the sale or of the margin, rounded half up', () => {
    expect(commissionOf(rule({}), { salePaise: 300_000n, baseTotalPaise: 200_000n })).toBe(30_000n);
    expect(
      commissionOf(rule({ basis: 'MARGIN', rateBps: 5_000 }), { salePaise: 300_001n, baseTotalPaise: 200_000n }),
    ).toBe(50_001n);
    expect(commissionOf(rule({ basis: 'MARGIN' }), { salePaise: 100n, baseTotalPaise: 200n })).toBe(0n);
    expect(commissionOf(undefined, { salePaise: 100n, baseTotalPaise: 0n })).toBe(0n);
  });
});
