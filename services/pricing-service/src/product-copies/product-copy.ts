import type { ProductFact } from '@reseller/contracts';

export interface PricedVariant {
  readonly variantId: string;
  readonly sku: string;
  readonly name: string | null;
  readonly basePricePaise: bigint;
  readonly mrpPaise: bigint | null;
  readonly imageUrl: string | null;
  readonly isActive: boolean;
}

/** What pricing needs of a product. */
export interface PricedProduct {
  readonly productId: string;
  readonly businessId: string;
  readonly name: string;
  /** From the root category down. */
  readonly categoryPath: readonly string[];
  readonly hsn: string | null;
  readonly taxRateBps: number | null;
  readonly imageUrl: string | null;
  readonly isActive: boolean;
  readonly variants: readonly PricedVariant[];
}

/** The newest that was heard of a product; `product` is null once it was deleted. */
export interface ProductCopy {
  readonly productId: string;
  readonly version: bigint;
  readonly product: PricedProduct | null;
}

export function pricedProductOf(fact: ProductFact): PricedProduct {
  return {
    productId: fact.productId,
    businessId: fact.businessId,
    name: fact.name,
    categoryPath: fact.categoryPath,
    hsn: fact.hsn,
    taxRateBps: fact.taxRateBps,
    imageUrl: fact.imageUrl,
    isActive: fact.isActive,
    variants: fact.variants.map((variant) => ({
      variantId: variant.variantId,
      sku: variant.sku,
      name: variant.name,
      basePricePaise: BigInt(variant.pricePaise),
      mrpPaise: variant.mrpPaise === null ? null : BigInt(variant.mrpPaise),
      imageUrl: variant.imageUrl,
      isActive: variant.isActive,
    })),
  };
}
