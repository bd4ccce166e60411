import type { ProductFact } from '@reseller/contracts';

export interface ShownVariant {
  readonly variantId: string;
  readonly name: string | null;
  readonly basePricePaise: bigint;
  readonly mrpPaise: bigint | null;
  readonly imageUrl: string | null;
}

/** What a link shows of its product. */
export interface ShownProduct {
  readonly productId: string;
  readonly businessId: string;
  readonly name: string;
  readonly slug: string;
  readonly description: string | null;
  readonly imageUrl: string | null;
  /** False too when none of its variants is for sale. */
  readonly isActive: boolean;
  /** Of the cheapest variant for sale. */
  readonly basePricePaise: bigint;
  /** Those for sale. */
  readonly variants: readonly ShownVariant[];
}

export function shownProductOf(fact: ProductFact): ShownProduct {
  const forSale = fact.variants.filter((variant) => variant.isActive);
  const cheapest = forSale
    .map((variant) => variant.pricePaise)
    .reduce<number | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  return {
    productId: fact.productId,
    businessId: fact.businessId,
    name: fact.name,
    slug: fact.slug,
    description: fact.description,
    imageUrl: fact.imageUrl ?? forSale.find((variant) => variant.imageUrl !== null)?.imageUrl ?? null,
    isActive: fact.isActive && forSale.length > 0,
    basePricePaise: BigInt(cheapest ?? fact.basePricePaise),
    variants: forSale.map((variant) => ({
      variantId: variant.variantId,
      name: variant.name,
      basePricePaise: BigInt(variant.pricePaise),
      mrpPaise: variant.mrpPaise === null ? null : BigInt(variant.mrpPaise),
      imageUrl: variant.imageUrl,
    })),
  };
}
