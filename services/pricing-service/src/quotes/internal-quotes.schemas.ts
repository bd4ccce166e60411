import { z } from 'zod';
import { shortText, uuid } from '@reseller/http';
import { paiseToWire } from '@reseller/money';
import type { CalculateQuoteCommand } from './calculate-quote.js';
import type { Quote, QuoteLine } from './quote.js';
import { LINES_MAX, QUANTITY_MAX } from './quotes.schemas.js';

const paise = () => z.int().nonnegative();

export const quoteBody = z.strictObject({
  businessId: uuid().nullish(),
  sellerId: uuid().nullish(),
  buyerUserId: uuid().nullish(),
  link: z.strictObject({ sellerPricePaise: paise().nullable(), productId: uuid().nullable() }).nullish(),
  destinationState: shortText(100).nullish(),
  items: z
    .array(
      z.strictObject({
        productId: uuid(),
        variantId: uuid().nullish(),
        quantity: z.int().min(1).max(QUANTITY_MAX),
        sellerPricePaise: paise().nullish(),
      }),
    )
    .min(1)
    .max(LINES_MAX),
});
export type QuoteBody = z.infer<typeof quoteBody>;

const paiseOrNull = (wire: number | null | undefined): bigint | null =>
  typeof wire === 'number' ? BigInt(wire) : null;

export function toQuoteCommand(body: QuoteBody): CalculateQuoteCommand {
  return {
    businessId: body.businessId ?? null,
    sellerId: body.sellerId ?? null,
    buyerUserId: body.buyerUserId ?? null,
    link: body.link
      ? { productId: body.link.productId, sellerPricePaise: paiseOrNull(body.link.sellerPricePaise) }
      : null,
    destinationState: body.destinationState ?? null,
    items: body.items.map((item) => ({
      productId: item.productId,
      variantId: item.variantId ?? null,
      quantity: item.quantity,
      sellerPricePaise: paiseOrNull(item.sellerPricePaise),
    })),
  };
}

const toLineAnswer = (line: QuoteLine) => ({
  productId: line.product.productId,
  variantId: line.variant.variantId,
  sku: line.variant.sku,
  name: line.product.name,
  variantName: line.variant.name,
  imageUrl: line.variant.imageUrl ?? line.product.imageUrl,
  hsn: line.product.hsn,
  mrpPaise: line.variant.mrpPaise === null ? null : paiseToWire(line.variant.mrpPaise),
  quantity: line.quantity,
  basePricePaise: paiseToWire(line.variant.basePricePaise),
  unitPricePaise: paiseToWire(line.unitPricePaise),
  subtotalPaise: paiseToWire(line.subtotalPaise),
  discountPaise: paiseToWire(line.discountPaise),
  taxRateBps: line.taxRateBps,
  taxPaise: paiseToWire(line.taxPaise),
  taxLegs: {
    cgstPaise: paiseToWire(line.taxLegs.cgst),
    sgstPaise: paiseToWire(line.taxLegs.sgst),
    igstPaise: paiseToWire(line.taxLegs.igst),
  },
  totalPaise: paiseToWire(line.totalPaise),
  commissionPaise: paiseToWire(line.commissionPaise),
});

/** Built field by field, so there is nothing for a response schema to strip on this hot path. */
export function toQuoteAnswer(quote: Quote) {
  return {
    businessId: quote.businessId,
    currency: 'INR' as const,
    pricesIncludeTax: quote.pricesIncludeTax,
    subtotalPaise: paiseToWire(quote.subtotalPaise),
    discountPaise: paiseToWire(quote.discountPaise),
    taxPaise: paiseToWire(quote.taxPaise),
    shippingPaise: paiseToWire(quote.shippingPaise),
    totalPaise: paiseToWire(quote.totalPaise),
    commissionPaise: paiseToWire(quote.commissionPaise),
    lines: quote.lines.map(toLineAnswer),
  };
}
