import { divideHalfUp } from './basis-points.js';
import type { Paise } from './paise.js';

/**
 * The legs of Indian GST: inside one state central and state tax in equal halves, between states integrated tax alone
 * (IGST Act 2017, sections 7 and 8).
 */
export interface TaxLegs {
  readonly cgst: Paise;
  readonly sgst: Paise;
  readonly igst: Paise;
}

/** The tax contained in a tax-inclusive price: `round(G·r/(100+r))`. */
export function includedTax(gross: Paise, rateBps: number): Paise {
  const rate = BigInt(rateBps);
  return divideHalfUp(gross * rate, 10_000n + rate);
}

/** The tax on top of a price that excludes it: `round(N·r/100)`. */
export function addedTax(net: Paise, rateBps: number): Paise {
  return divideHalfUp(net * BigInt(rateBps), 10_000n);
}

/**
 * The tax of one line with its legs. Inside a state each leg is rounded by itself and the tax is their sum, because an
 * invoice must print two equal legs: ₹999.00 at 18 % holds 7619 + 7619 paise inside a state, 15239 between states.
 */
export function splitTax(
  amount: Paise,
  rateBps: number,
  options: { readonly included: boolean; readonly interState: boolean },
): { readonly tax: Paise; readonly legs: TaxLegs } {
  if (options.interState) {
    const igst = options.included ? includedTax(amount, rateBps) : addedTax(amount, rateBps);
    return { tax: igst, legs: { cgst: 0n, sgst: 0n, igst } };
  }
  const rate = BigInt(rateBps);
  const divisor = options.included ? 2n * (10_000n + rate) : 20_000n;
  const leg = divideHalfUp(amount * rate, divisor);
  return { tax: 2n * leg, legs: { cgst: leg, sgst: leg, igst: 0n } };
}
