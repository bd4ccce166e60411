import { describe, expect, it } from '@jest/globals';
import { commonBounds, marginBps, marginRefusal, priceBounds } from './margin.js';

describe('a margin', () => {
  it('is 50 % at ₹1500 over ₹1000', () => {
    expect(marginBps(150_000n, 100_000n)).toBe(5_000);
  });

  it('is rounded half up, and there is none over a free product', () => {
    expect(marginBps(100_01n, 30_00n)).toBe(23_337);
    expect(marginBps(1n, 0n)).toBeNull();
  });

  it('has both bounds included', () => {
    const bounds = priceBounds(100_000n, 20_000);
    expect(bounds.maxSellerPricePaise).toBe(300_000n);
    expect(marginRefusal(100_000n, bounds)).toBeNull();
    expect(marginRefusal(300_000n, bounds)).toBeNull();
    expect(marginRefusal(99_999n, bounds)).toBe('PRICE_BELOW_BASE');
    expect(marginRefusal(300_001n, bounds)).toBe('PRICE_ABOVE_LIMIT');
  });

  it('for several variants lies above the dearest and below the lowest limit', () => {
    expect(commonBounds([priceBounds(1_000n, 10_000), priceBounds(1_500n, 10_000)])).toEqual({
      basePricePaise: 1_500n,
      maxSellerPricePaise: 2_000n,
    });
  });
});
