export interface TaxRate {
  readonly id: string;
  /** Two to eight digits. */
  readonly hsnPrefix: string;
  readonly rateBps: number;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/**
 * The GST rate of a product: its own, else that of the longest HSN prefix in force (of two of one length the later),
 * else the default of the business.
 */
export function taxRateBpsOf(
  product: { readonly taxRateBps: number | null; readonly hsn: string | null },
  rates: readonly TaxRate[],
  defaultRateBps: number,
  now: Date,
): number {
  if (product.taxRateBps !== null) return product.taxRateBps;
  if (product.hsn === null) return defaultRateBps;
  const hsn = product.hsn.replaceAll(/\D/g, '');
  let best: TaxRate | undefined;
  for (const rate of rates) {
    if (!hsn.startsWith(rate.hsnPrefix) || rate.validFrom > now || (rate.validTo !== null && rate.validTo <= now))
      continue;
    if (best === undefined || isMoreSpecific(rate, best)) best = rate;
  }
  return best?.rateBps ?? defaultRateBps;
}

function isMoreSpecific(a: TaxRate, b: TaxRate): boolean {
  if (a.hsnPrefix.length !== b.hsnPrefix.length) return a.hsnPrefix.length > b.hsnPrefix.length;
  return a.validFrom > b.validFrom;
}
