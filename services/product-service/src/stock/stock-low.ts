import { eventOf, StockLow, type EventOf } from '@reseller/contracts';

/** A variant as STOCK_LOW names it. */
export interface WatchedVariant {
  readonly variantId: string;
  readonly productId: string;
  readonly businessId: string;
  readonly sku: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly lowStockThreshold: number;
}

/** True only on the way down through the threshold, so that each crossing is told once and not every sale below it. */
export function crossesLow(before: number, after: number, threshold: number): boolean {
  return before > threshold && after <= threshold;
}

/** True where what is available was enough by the old threshold and is low by the new one. */
export function crossesThreshold(available: number, before: number, after: number): boolean {
  return available > before && available <= after;
}

export function stockLowEvent(
  variant: WatchedVariant,
  fact: { readonly available: number; readonly version: number | bigint; readonly occurredAt: Date },
): EventOf<typeof StockLow> {
  const { variantId, productId, businessId, sku, productName, variantName, lowStockThreshold } = variant;
  return eventOf(StockLow, {
    aggregateId: variantId,
    aggregateVersion: fact.version,
    businessId,
    occurredAt: fact.occurredAt,
    data: {
      productId,
      variantId,
      sku,
      name: variantName === null ? productName : `${productName} (${variantName})`,
      available: fact.available,
      threshold: lowStockThreshold,
    },
  });
}
