import { applyBps, divideHalfUp, rupeesFromPaise } from '@reseller/money';
import { unprocessable } from '@reseller/runtime';

/** What a seller price may lie between, in paise, both ends included. */
export interface PriceBounds {
  readonly basePricePaise: bigint;
  readonly maxSellerPricePaise: bigint;
}

export const MARGIN_REFUSALS = ['PRICE_BELOW_BASE', 'PRICE_ABOVE_LIMIT'] as const;
export type MarginRefusal = (typeof MARGIN_REFUSALS)[number];

/** From the base price up to `maxMarginBps` above it, rounded half up. */
export function priceBounds(basePricePaise: bigint, maxMarginBps: number): PriceBounds {
  return { basePricePaise, maxSellerPricePaise: basePricePaise + applyBps(basePricePaise, maxMarginBps) };
}

/**
 * The bounds of one price that has to suit several variants: from the dearest base price up to the lowest limit. They
 * may exclude each other, and then no single price is allowed.
 */
export function commonBounds(bounds: readonly [PriceBounds, ...PriceBounds[]]): PriceBounds {
  return bounds.reduce((all, one) => ({
    basePricePaise: one.basePricePaise > all.basePricePaise ? one.basePricePaise : all.basePricePaise,
    maxSellerPricePaise:
      one.maxSellerPricePaise < all.maxSellerPricePaise ? one.maxSellerPricePaise : all.maxSellerPricePaise,
  }));
}

/** Why a seller price is refused, or null when it is allowed. */
export function marginRefusal(sellerPricePaise: bigint, bounds: PriceBounds): MarginRefusal | null {
  if (sellerPricePaise < bounds.basePricePaise) return 'PRICE_BELOW_BASE';
  if (sellerPricePaise > bounds.maxSellerPricePaise) return 'PRICE_ABOVE_LIMIT';
  return null;
}

/** The margin over the base price in basis points, rounded half up; null for a free product, which has none. */
export function marginBps(sellerPricePaise: bigint, basePricePaise: bigint): number | null {
  if (basePricePaise === 0n) return null;
  return Number(divideHalfUp((sellerPricePaise - basePricePaise) * 10_000n, basePricePaise));
}

/** @throws 422 PRICE_BELOW_BASE or PRICE_ABOVE_LIMIT, with what is allowed. */
export function requirePriceWithin(sellerPricePaise: bigint, bounds: PriceBounds, productId: string): void {
  const refusal = marginRefusal(sellerPricePaise, bounds);
  if (refusal === null) return;
  throw unprocessable(
    refusal,
    refusal === 'PRICE_BELOW_BASE'
      ? 'The seller price is below the base price.'
      : 'The seller price is above what this business allows.',
    {
      productId,
      sellerPrice: rupeesFromPaise(sellerPricePaise),
      basePrice: rupeesFromPaise(bounds.basePricePaise),
      maxSellerPrice: rupeesFromPaise(bounds.maxSellerPricePaise),
    },
  );
}
