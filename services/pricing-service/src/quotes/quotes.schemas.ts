import { z } from 'zod';
import { rupees, shortText, uuid } from '@reseller/http';
import { paiseFromRupees, rupeesFromPaise } from '@reseller/money';
import type { CalculateQuoteCommand } from './calculate-quote.js';
import type { Quote } from './quote.js';

export const QUANTITY_MAX = 1_000;
export const LINES_MAX = 100;

export const calculateBody = z
  .strictObject({
    sellerId: uuid().nullish(),
    /** Delivery state: decides between CGST/SGST and IGST. */
    state: shortText(60).nullish(),
    items: z
      .array(
        z.strictObject({
          productId: uuid(),
          variantId: uuid().nullish(),
          quantity: z.int().min(1).max(QUANTITY_MAX),
          sellerPrice: rupees().nullish(),
        }),
      )
      .min(1)
      .max(LINES_MAX),
  })
  .meta({ id: 'CalculatePrice' });
export type CalculateBody = z.infer<typeof calculateBody>;

export const calculationView = z
  .object({
    subtotal: z.number(),
    commission: z.number(),
    total: z.number(),
    discountTotal: z.number(),
    taxTotal: z.number(),
    shippingTotal: z.number(),
    pricesIncludeTax: z.boolean(),
    currency: z.literal('INR'),
    items: z.array(
      z.object({
        productId: z.string(),
        variantId: z.string(),
        basePrice: z.number(),
        sellerPrice: z.number(),
        quantity: z.int(),
        subtotal: z.number(),
        commission: z.number(),
        discount: z.number(),
        taxRate: z.number(),
        tax: z.number(),
        total: z.number(),
      }),
    ),
  })
  .meta({ id: 'PriceCalculation' });

/**
 * The caller is not taken for the buyer: resellers ask what they would earn from their customers, and that is not 0.
 */
export function toCalculateCommand(body: CalculateBody): CalculateQuoteCommand {
  return {
    businessId: null,
    sellerId: body.sellerId ?? null,
    buyerUserId: null,
    link: null,
    destinationState: body.state ?? null,
    items: body.items.map((item) => ({
      productId: item.productId,
      variantId: item.variantId ?? null,
      quantity: item.quantity,
      sellerPricePaise: typeof item.sellerPrice === 'number' ? paiseFromRupees(item.sellerPrice) : null,
    })),
  };
}

export function toCalculationView(quote: Quote): z.infer<typeof calculationView> {
  return {
    subtotal: rupeesFromPaise(quote.subtotalPaise),
    commission: rupeesFromPaise(quote.commissionPaise),
    total: rupeesFromPaise(quote.totalPaise),
    discountTotal: rupeesFromPaise(quote.discountPaise),
    taxTotal: rupeesFromPaise(quote.taxPaise),
    shippingTotal: rupeesFromPaise(quote.shippingPaise),
    pricesIncludeTax: quote.pricesIncludeTax,
    currency: 'INR',
    items: quote.lines.map((line) => ({
      productId: line.product.productId,
      variantId: line.variant.variantId,
      basePrice: rupeesFromPaise(line.variant.basePricePaise),
      sellerPrice: rupeesFromPaise(line.unitPricePaise),
      quantity: line.quantity,
      subtotal: rupeesFromPaise(line.subtotalPaise),
      commission: rupeesFromPaise(line.commissionPaise),
      discount: rupeesFromPaise(line.discountPaise),
      taxRate: line.taxRateBps / 100,
      tax: rupeesFromPaise(line.taxPaise),
      total: rupeesFromPaise(line.totalPaise),
    })),
  };
}
