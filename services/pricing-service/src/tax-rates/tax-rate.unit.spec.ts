import { describe, expect, it } from '@jest/globals';
import { taxRateBpsOf, type TaxRate } from './tax-rate.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const rate = (
  hsnPrefix: string,
  rateBps: number,
  validFrom = '2025-09-22T00:00:00Z',
  validTo: string | null = null,
): TaxRate => ({
  id: `${hsnPrefix}-${validFrom}`,
  hsnPrefix,
  rateBps,
  validFrom: new Date(validFrom),
  validTo: validTo === null ? null : new Date(validTo),
});

const RATES = [
  rate('61', 1_200, '2017-07-01T00:00:00Z', '2025-09-22T00:00:00Z'),
  rate('61', 500),
  rate('6109', 1_800),
  rate('62', 500),
  rate('62', 1_800, '2026-04-01T00:00:00Z'),
];

describe('the GST rate of a product', () => {
  it.each([
    ['its own rate before any table', { taxRateBps: 0, hsn: '6109' }, 0],
    ['the longest prefix', { taxRateBps: null, hsn: '6109 10 00' }, 1_800],
    ['a shorter prefix where no longer one matches', { taxRateBps: null, hsn: '6110' }, 500],
    ['the rate in force, not the coming one', { taxRateBps: null, hsn: '6203' }, 500],
    ['the default of the business for an unknown HSN', { taxRateBps: null, hsn: '9999' }, 2_800],
    ['the default of the business without an HSN', { taxRateBps: null, hsn: null }, 2_800],
  ])('is %s', (_, product, expected) => {
    expect(taxRateBpsOf(product, RATES, 2_800, NOW)).toBe(expected);
  });

  it('changes on the day that a new row says', () => {
    expect(taxRateBpsOf({ taxRateBps: null, hsn: '6203' }, RATES, 0, new Date('2026-04-01T00:00:00Z'))).toBe(1_800);
    expect(taxRateBpsOf({ taxRateBps: null, hsn: '6110' }, RATES, 0, new Date('2025-09-21T00:00:00Z'))).toBe(1_200);
  });
});
