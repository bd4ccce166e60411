import { DEFAULT_BUSINESS_ID, type ProductFact } from '@reseller/contracts';
import { newId } from '@reseller/runtime';

type VariantFact = ProductFact['variants'][number];

/** A product as the catalogue would tell of it: one variant at ₹1000 unless the test says otherwise. */
export function productFact(over: Partial<ProductFact> = {}): ProductFact {
  const productId = over.productId ?? newId();
  return {
    productId,
    businessId: DEFAULT_BUSINESS_ID,
    name: 'Block-print kurta',
    slug: `kurta-${productId}`,
    description: null,
    basePricePaise: 100_000,
    categoryId: null,
    categoryPath: [],
    hsn: null,
    taxRateBps: null,
    imageUrl: null,
    isActive: true,
    variants: [variantFact()],
    ...over,
  };
}

export function variantFact(over: Partial<VariantFact> = {}): VariantFact {
  const variantId = over.variantId ?? newId();
  return {
    variantId,
    sku: `SKU-${variantId.slice(-8)}`,
    name: null,
    pricePaise: 100_000,
    mrpPaise: null,
    imageUrl: null,
    isActive: true,
    isDefault: true,
    ...over,
  };
}
