import { z } from 'zod';
import { uuid } from '@reseller/http';
import { paiseFromRupees, rupeesFromPaise } from '@reseller/money';
import { COMMISSION_BASES, COMMISSION_SCOPES } from '../commission-rules/commission.js';
import type { ProductPricingFacts } from './product-pricing.js';

const TWO_DECIMALS = /^\d{1,10}(\.\d{1,2})?$/;

export const productPricingQuery = z.strictObject({
  sellerId: uuid().optional(),
  sellerPrice: z
    .string()
    .regex(TWO_DECIMALS, 'must be rupees with at most two decimals')
    .transform((text) => paiseFromRupees(Number(text)))
    .optional(),
});
export type ProductPricingParams = z.infer<typeof productPricingQuery>;

export const productPricingView = z
  .object({
    productId: z.string(),
    name: z.string(),
    /** Of the cheapest variant. */
    basePrice: z.number(),
    maxSellerPrice: z.number(),
    maxMarginPercentage: z.number(),
    pricesIncludeTax: z.boolean(),
    taxRate: z.number(),
    currency: z.literal('INR'),
    variants: z.array(
      z.object({
        variantId: z.string(),
        sku: z.string(),
        name: z.string().nullable(),
        basePrice: z.number(),
        maxSellerPrice: z.number(),
        mrp: z.number().nullable(),
      }),
    ),
    commissionRule: z
      .object({ id: z.string(), scope: z.enum(COMMISSION_SCOPES), basis: z.enum(COMMISSION_BASES), rate: z.number() })
      .nullable(),
    /** Of one piece of the cheapest variant. */
    exampleCommission: z.object({ sellerPrice: z.number(), commission: z.number() }),
  })
  .meta({ id: 'ProductPricing' });

export function toProductPricingView(facts: ProductPricingFacts): z.infer<typeof productPricingView> {
  const lowest = (of: (one: ProductPricingFacts['variants'][number]) => bigint): number =>
    rupeesFromPaise(facts.variants.map(of).reduce((a, b) => (b < a ? b : a)));
  return {
    productId: facts.product.productId,
    name: facts.product.name,
    basePrice: lowest((one) => one.variant.basePricePaise),
    maxSellerPrice: lowest((one) => one.maxSellerPricePaise),
    maxMarginPercentage: facts.maxMarginBps / 100,
    pricesIncludeTax: facts.pricesIncludeTax,
    taxRate: facts.taxRateBps / 100,
    currency: 'INR',
    variants: facts.variants.map(({ variant, maxSellerPricePaise }) => ({
      variantId: variant.variantId,
      sku: variant.sku,
      name: variant.name,
      basePrice: rupeesFromPaise(variant.basePricePaise),
      maxSellerPrice: rupeesFromPaise(maxSellerPricePaise),
      mrp: variant.mrpPaise === null ? null : rupeesFromPaise(variant.mrpPaise),
    })),
    commissionRule:
      facts.rule === null
        ? null
        : { id: facts.rule.id, scope: facts.rule.scope, basis: facts.rule.basis, rate: facts.rule.rateBps / 100 },
    exampleCommission: {
      sellerPrice: rupeesFromPaise(facts.example.sellerPricePaise),
      commission: rupeesFromPaise(facts.example.commissionPaise),
    },
  };
}
