/** Money inside the platform: a whole number of paise (₹1 = 100 paise). */
export type Paise = bigint;

/** ₹1,000,000,000: far above any order, far below what loses precision as a JSON number. */
export const MAX_PAISE: Paise = 100_000_000_000n;

/**
 * Rupees from JSON to paise. 13 % of two-decimal amounts are inexact as floats, so the nearest paisa is taken and then
 * compared with what was sent: a third decimal is refused, never rounded away.
 *
 * @throws {RangeError} not finite, more than two decimals, or beyond ±{@link MAX_PAISE}.
 */
export function paiseFromRupees(rupees: number): Paise {
  if (!Number.isFinite(rupees)) throw new RangeError('an amount must be a finite number');
  const paise = Math.round(rupees * 100);
  if (Math.abs(paise) > Number(MAX_PAISE)) throw new RangeError('an amount must be at most 1000000000');
  if (paise / 100 !== rupees) throw new RangeError('an amount must have at most two decimals');
  return BigInt(paise);
}

/** Paise to the decimal rupees that the HTTP API speaks. */
export function rupeesFromPaise(paise: Paise): number {
  return paiseToWire(paise) / 100;
}

/**
 * Paise as the safe integer that events and internal calls carry.
 *
 * @throws {RangeError} beyond `Number.MAX_SAFE_INTEGER`.
 */
export function paiseToWire(paise: Paise): number {
  const wire = Number(paise);
  if (!Number.isSafeInteger(wire)) throw new RangeError('an amount is too large to travel as a number');
  return wire;
}

/** @throws {RangeError} not a safe integer. */
export function paiseFromWire(wire: number): Paise {
  if (!Number.isSafeInteger(wire)) throw new RangeError('an amount in paise must be a safe integer');
  return BigInt(wire);
}
