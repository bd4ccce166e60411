import { z } from 'zod';
import { rupees, uuid } from '@reseller/http';
import { paiseFromRupees, paiseToWire, rupeesFromPaise } from '@reseller/money';
import type { CheckMarginCommand, MarginCheck } from './check-margin.js';
import { marginBps, MARGIN_REFUSALS } from './margin.js';

export const validateMarginBody = z
  .strictObject({ productId: uuid(), variantId: uuid().nullish(), sellerPrice: rupees() })
  .meta({ id: 'ValidateMargin' });
export type ValidateMarginBody = z.infer<typeof validateMarginBody>;

export const marginView = z
  .object({
    valid: z.boolean(),
    basePrice: z.number(),
    sellerPrice: z.number(),
    margin: z.number(),
    /** Of the base price; 0 for a product that costs nothing. */
    marginPercentage: z.number(),
    /** Only where the price is not valid. */
    reason: z.enum(MARGIN_REFUSALS).optional(),
    maxSellerPrice: z.number().optional(),
  })
  .meta({ id: 'Margin' });

export const toCheckMarginCommand = (body: ValidateMarginBody): CheckMarginCommand => ({
  productId: body.productId,
  variantId: body.variantId ?? null,
  sellerPricePaise: paiseFromRupees(body.sellerPrice),
});

export function toMarginView(check: MarginCheck): z.infer<typeof marginView> {
  return {
    valid: check.refusal === null,
    basePrice: rupeesFromPaise(check.basePricePaise),
    sellerPrice: rupeesFromPaise(check.sellerPricePaise),
    margin: rupeesFromPaise(check.sellerPricePaise - check.basePricePaise),
    marginPercentage: (marginBps(check.sellerPricePaise, check.basePricePaise) ?? 0) / 100,
    ...(check.refusal === null
      ? {}
      : { reason: check.refusal, maxSellerPrice: rupeesFromPaise(check.maxSellerPricePaise) }),
  };
}

export const marginCheckBody = z.strictObject({
  productId: uuid(),
  variantId: uuid().nullish(),
  sellerPricePaise: z.int().nonnegative(),
});
export type MarginCheckBody = z.infer<typeof marginCheckBody>;

export const toMarginCheckCommand = (body: MarginCheckBody): CheckMarginCommand => ({
  productId: body.productId,
  variantId: body.variantId ?? null,
  sellerPricePaise: BigInt(body.sellerPricePaise),
});

export const toMarginCheckAnswer = (check: MarginCheck) => ({
  valid: check.refusal === null,
  reason: check.refusal,
  businessId: check.businessId,
  basePricePaise: paiseToWire(check.basePricePaise),
  maxSellerPricePaise: paiseToWire(check.maxSellerPricePaise),
  sellerPricePaise: paiseToWire(check.sellerPricePaise),
});
