import { Injectable } from '@nestjs/common';
import { notFound, unprocessable } from '@reseller/runtime';
import { BusinessCopies } from '../business-copies/business-copies.js';
import { chooseVariant } from '../product-copies/choose-variant.js';
import { ProductCopies } from '../product-copies/product-copies.js';
import type { PricedProduct } from '../product-copies/product-copy.js';
import { commonBounds, marginRefusal, priceBounds, type MarginRefusal, type PriceBounds } from './margin.js';

export interface CheckMarginCommand {
  readonly productId: string;
  readonly variantId: string | null;
  readonly sellerPricePaise: bigint;
}

export interface MarginCheck extends PriceBounds {
  readonly businessId: string;
  readonly sellerPricePaise: bigint;
  readonly refusal: MarginRefusal | null;
}

/** Without a variant the price must suit all that are for sale: a share link has one price for its whole product. */
@Injectable()
export class CheckMargin {
  constructor(
    private readonly products: ProductCopies,
    private readonly businesses: BusinessCopies,
  ) {}

  /** @throws 404 PRODUCT_NOT_FOUND or VARIANT_NOT_FOUND, 422 PRODUCT_INACTIVE */
  async execute({ productId, variantId, sellerPricePaise }: CheckMarginCommand): Promise<MarginCheck> {
    const product = (await this.products.find([{ productId, variantId }])).get(productId);
    if (product === undefined) throw notFound('PRODUCT_NOT_FOUND', 'There is no such product.', { productId });
    const { maxMarginBps } = await this.businesses.settingsOf(product.businessId);
    const bounds = boundsOf(product, variantId, maxMarginBps);
    return {
      ...bounds,
      businessId: product.businessId,
      sellerPricePaise,
      refusal: marginRefusal(sellerPricePaise, bounds),
    };
  }
}

function boundsOf(product: PricedProduct, variantId: string | null, maxMarginBps: number): PriceBounds {
  if (variantId !== null) return priceBounds(chooseVariant(product, variantId).basePricePaise, maxMarginBps);
  const [first, ...others] = product.variants
    .filter((variant) => variant.isActive)
    .map((variant) => priceBounds(variant.basePricePaise, maxMarginBps));
  if (!product.isActive || first === undefined) {
    throw unprocessable('PRODUCT_INACTIVE', `"${product.name}" is not for sale at the moment.`, {
      productId: product.productId,
    });
  }
  return commonBounds([first, ...others]);
}
