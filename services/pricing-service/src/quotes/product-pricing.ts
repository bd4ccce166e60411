import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, notFound, type Clock } from '@reseller/runtime';
import { BusinessCopies } from '../business-copies/business-copies.js';
import { chooseCommissionRule, commissionOf, type CommissionRule } from '../commission-rules/commission.js';
import { CommissionRulesInForce } from '../commission-rules/commission-rules-in-force.js';
import { priceBounds } from '../margins/margin.js';
import { ProductCopies } from '../product-copies/product-copies.js';
import type { PricedProduct, PricedVariant } from '../product-copies/product-copy.js';
import { taxRateBpsOf } from '../tax-rates/tax-rate.js';
import { TaxRatesInForce } from '../tax-rates/tax-rates-in-force.js';

export interface ProductPricingQuery {
  readonly productId: string;
  /** Whose commission is meant: a rule of their own may go before the product's. */
  readonly sellerId: string | null;
  /** What the example commission is of; the base price where it is left out. */
  readonly sellerPricePaise: bigint | null;
}

export interface VariantPricing {
  readonly variant: PricedVariant;
  readonly maxSellerPricePaise: bigint;
}

export interface ProductPricingFacts {
  readonly product: PricedProduct;
  readonly pricesIncludeTax: boolean;
  readonly taxRateBps: number;
  readonly maxMarginBps: number;
  /** Those for sale; the cheapest sets the product's own price. */
  readonly variants: readonly VariantPricing[];
  readonly rule: CommissionRule | null;
  readonly example: { readonly sellerPricePaise: bigint; readonly commissionPaise: bigint };
}

/** What a reseller wants to know before choosing a price. */
@Injectable()
export class ProductPricing {
  constructor(
    private readonly products: ProductCopies,
    private readonly businesses: BusinessCopies,
    private readonly rules: CommissionRulesInForce,
    private readonly taxRates: TaxRatesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 PRODUCT_NOT_FOUND, also while nothing of the product is for sale. */
  async find({ productId, sellerId, sellerPricePaise }: ProductPricingQuery): Promise<ProductPricingFacts> {
    const product = (await this.products.find([{ productId, variantId: null }])).get(productId);
    const forSale = product?.isActive === true ? product.variants.filter((variant) => variant.isActive) : [];
    const [cheapest] = [...forSale].sort((a, b) => Number(a.basePricePaise - b.basePricePaise));
    if (product === undefined || cheapest === undefined) {
      throw notFound('PRODUCT_NOT_FOUND', 'There is no such product.', { productId });
    }
    const now = this.clock.now();
    const settings = await this.businesses.settingsOf(product.businessId);
    const subject = { businessId: product.businessId, sellerId, productId, categoryPath: product.categoryPath };
    const rule = chooseCommissionRule(await this.rules.all(), subject, now);
    const examplePricePaise = sellerPricePaise ?? cheapest.basePricePaise;
    return {
      product,
      pricesIncludeTax: settings.pricesIncludeTax,
      taxRateBps: taxRateBpsOf(product, await this.taxRates.all(), settings.defaultTaxRateBps, now),
      maxMarginBps: settings.maxMarginBps,
      variants: forSale.map((variant) => ({
        variant,
        maxSellerPricePaise: priceBounds(variant.basePricePaise, settings.maxMarginBps).maxSellerPricePaise,
      })),
      rule: rule ?? null,
      example: {
        sellerPricePaise: examplePricePaise,
        commissionPaise: commissionOf(rule, { salePaise: examplePricePaise, baseTotalPaise: cheapest.basePricePaise }),
      },
    };
  }
}
