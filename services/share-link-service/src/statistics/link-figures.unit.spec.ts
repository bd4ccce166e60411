import { describe, expect, it } from '@jest/globals';
import { conversionRateBps } from './link-figures.js';

describe('a conversion rate', () => {
  it.each([
    [150n, 10n, 667],
    [3n, 1n, 3_333],
    [8n, 8n, 10_000],
    [5n, 0n, 0],
    [0n, 2n, 0],
  ])('of %s clicks and %s conversions is %s basis points', (clicks, conversions, expected) => {
    expect(conversionRateBps({ clicks, conversions })).toBe(expected);
  });
});
