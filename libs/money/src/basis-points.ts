import type { Paise } from './paise.js';

/** Divides and rounds half away from zero ("half up" for money that can be negative). `divisor` must be positive. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const doubled = 2n * (dividend < 0n ? -dividend : dividend);
  const quotient = (doubled + divisor) / (2n * divisor);
  return dividend < 0n ? -quotient : quotient;
}

/** A share of an amount: `rateBps` 1000 is 10 %. Rounded half up to the paisa. */
export function applyBps(amount: Paise, rateBps: number): Paise {
  return divideHalfUp(amount * BigInt(rateBps), 10_000n);
}
