import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addedTax, applyBps, paiseFromRupees, rupeesFromPaise, splitTax } from './index.js';

describe('paise', () => {
  it('reads every two-decimal amount exactly and gives it back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000_000 }), (paise) => {
        expect(paiseFromRupees(paise / 100)).toBe(BigInt(paise));
        expect(rupeesFromPaise(BigInt(paise))).toBe(paise / 100);
      }),
    );
  });

  it.each([0.001, 10.005, Number.NaN, Number.POSITIVE_INFINITY, 1e15])('refuses %p', (rupees) => {
    expect(() => paiseFromRupees(rupees)).toThrow(RangeError);
  });
});

describe('basis points', () => {
  it('rounds half up', () => {
    expect(applyBps(300_000n, 1_000)).toBe(30_000n);
    expect(applyBps(5n, 1_000)).toBe(1n);
    expect(applyBps(4n, 1_000)).toBe(0n);
  });
});

describe('GST', () => {
  it('splits ₹999.00 at 18 % as an invoice prints it', () => {
    expect(splitTax(99_900n, 1_800, { included: true, interState: false })).toEqual({
      tax: 15_238n,
      legs: { cgst: 7_619n, sgst: 7_619n, igst: 0n },
    });
    expect(splitTax(99_900n, 1_800, { included: true, interState: true }).legs.igst).toBe(15_239n);
  });

  it('splits ₹100 at 5 %', () => {
    expect(splitTax(10_000n, 500, { included: true, interState: false }).legs).toEqual({
      cgst: 238n,
      sgst: 238n,
      igst: 0n,
    });
    expect(splitTax(10_000n, 500, { included: true, interState: true }).tax).toBe(476n);
  });

  it('adds 18 % to two at ₹999', () => {
    expect(addedTax(199_800n, 1_800)).toBe(35_964n);
  });
});
