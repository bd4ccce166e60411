import { notFound, unprocessable } from '@reseller/runtime';
import { rupeesFromPaise } from '@reseller/money';
import type { PricedProduct, PricedVariant } from './product-copy.js';

/**
 * The variant that a line means. `variantId` may be left out wherever only one variant is for sale.
 *
 * @throws 422 PRODUCT_INACTIVE, 404 VARIANT_NOT_FOUND, 422 VARIANT_REQUIRED with the variants to choose from.
 */
export function chooseVariant(product: PricedProduct, variantId: string | null): PricedVariant {
  if (!product.isActive) throw inactive(product);
  if (variantId !== null) return variantForSale(product, variantId);
  const [only, ...others] = product.variants.filter((variant) => variant.isActive);
  if (only === undefined) throw inactive(product);
  if (others.length === 0) return only;
  throw unprocessable('VARIANT_REQUIRED', `Choose a variant of "${product.name}": send its variantId.`, {
    productId: product.productId,
    variants: [only, ...others].map(({ variantId: id, sku, name, basePricePaise }) => ({
      variantId: id,
      sku,
      name,
      price: rupeesFromPaise(basePricePaise),
    })),
  });
}

function variantForSale(product: PricedProduct, variantId: string): PricedVariant {
  const variant = product.variants.find((one) => one.variantId === variantId);
  if (variant === undefined) {
    throw notFound('VARIANT_NOT_FOUND', `"${product.name}" has no such variant.`, {
      productId: product.productId,
      variantId,
    });
  }
  if (!variant.isActive) throw inactive(product, variantId);
  return variant;
}

function inactive(product: PricedProduct, variantId?: string) {
  return unprocessable('PRODUCT_INACTIVE', `"${product.name}" is not for sale at the moment.`, {
    productId: product.productId,
    ...(variantId === undefined ? {} : { variantId }),
  });
}
