import type { ProductFact } from '@reseller/contracts';
import { paiseToWire } from '@reseller/money';
import type { Product } from './product.js';

/** The product as PRODUCT_CREATED and PRODUCT_UPDATED carry it. @param categoryPath from the root to its own category */
export function productFact(product: Product, categoryPath: readonly string[]): ProductFact {
  const primary = product.images.find(({ isPrimary }) => isPrimary);
  return {
    productId: product.id,
    businessId: product.businessId,
    name: product.name,
    slug: product.slug,
    description: product.description,
    basePricePaise: paiseToWire(product.basePricePaise),
    categoryId: product.category?.id ?? null,
    categoryPath: [...categoryPath],
    hsn: product.hsn,
    taxRateBps: product.taxRateBps,
    imageUrl: primary?.url ?? null,
    isActive: product.isActive,
    variants: product.variants.map((variant) => ({
      variantId: variant.id,
      sku: variant.sku,
      name: variant.name,
      pricePaise: paiseToWire(variant.pricePaise),
      mrpPaise: variant.mrpPaise === null ? null : paiseToWire(variant.mrpPaise),
      imageUrl: variant.imageUrl,
      isActive: variant.isActive,
      isDefault: variant.isDefault,
    })),
  };
}
