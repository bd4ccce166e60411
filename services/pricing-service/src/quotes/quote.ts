import type { businessSchema } from '@reseller/contracts';
import { MAX_PAISE, splitTax, type TaxLegs } from '@reseller/money';
import { notFound, unprocessable } from '@reseller/runtime';
import type { z } from 'zod';
import { chooseCommissionRule, commissionOf, type CommissionRule } from '../commission-rules/commission.js';
import { priceBounds, requirePriceWithin } from '../margins/margin.js';
import { chooseVariant } from '../product-copies/choose-variant.js';
import type { PricedProduct, PricedVariant } from '../product-copies/product-copy.js';
import { taxRateBpsOf, type TaxRate } from '../tax-rates/tax-rate.js';
import { isInterState } from './place-of-supply.js';

export type BusinessSettings = z.infer<typeof businessSchema>['settings'];

export interface QuoteItem {
  readonly productId: string;
  readonly variantId: string | null;
  readonly quantity: number;
  readonly sellerPricePaise: bigint | null;
}

export interface QuoteRequest {
  readonly sellerId: string | null;
  readonly buyerUserId: string | null;
  readonly link: { readonly productId: string | null; readonly sellerPricePaise: bigint | null } | null;
  readonly destinationState: string | null;
  readonly items: readonly QuoteItem[];
}

/** What a quote is made from, all of one moment. */
export interface QuoteFacts {
  readonly products: ReadonlyMap<string, PricedProduct>;
  readonly businessId: string;
  readonly settings: BusinessSettings;
  readonly rules: readonly CommissionRule[];
  readonly taxRates: readonly TaxRate[];
}

export interface QuoteLine {
  readonly product: PricedProduct;
  readonly variant: PricedVariant;
  readonly quantity: number;
  readonly unitPricePaise: bigint;
  readonly subtotalPaise: bigint;
  readonly discountPaise: bigint;
  readonly taxRateBps: number;
  readonly taxPaise: bigint;
  readonly taxLegs: TaxLegs;
  readonly totalPaise: bigint;
  readonly commissionPaise: bigint;
}

export interface Quote {
  readonly businessId: string;
  readonly pricesIncludeTax: boolean;
  readonly subtotalPaise: bigint;
  readonly discountPaise: bigint;
  readonly taxPaise: bigint;
  readonly shippingPaise: bigint;
  readonly totalPaise: bigint;
  readonly commissionPaise: bigint;
  readonly lines: readonly QuoteLine[];
}

/**
 * Prices a purchase. Every line is rounded by itself and every total is a sum of lines, so that what a customer adds up
 * on an invoice is what was charged.
 *
 * @throws 404 PRODUCT_NOT_FOUND or VARIANT_NOT_FOUND; 422 PRODUCT_INACTIVE, VARIANT_REQUIRED, PRICE_BELOW_BASE,
 * PRICE_ABOVE_LIMIT, PRICE_MISMATCH, DUPLICATE_ITEM, TOTAL_TOO_LARGE.
 */
export function priceQuote(request: QuoteRequest, facts: QuoteFacts, now: Date): Quote {
  const interState = isInterState(request.destinationState, facts.settings.state);
  const earns = earnsCommission(request, facts.settings);
  const lines = request.items.map((item) => priceLine(item, request, facts, { interState, earns, now }));
  refuseDuplicates(lines);
  const sum = (of: (line: QuoteLine) => bigint): bigint => lines.reduce((total, line) => total + of(line), 0n);
  const shippingPaise = BigInt(facts.settings.shippingFeePaise);
  const totalPaise = sum((line) => line.totalPaise) + shippingPaise;
  if (totalPaise > MAX_PAISE) throw unprocessable('TOTAL_TOO_LARGE', 'This is more than one order may cost.');
  return {
    businessId: facts.businessId,
    pricesIncludeTax: facts.settings.pricesIncludeTax,
    subtotalPaise: sum((line) => line.subtotalPaise),
    discountPaise: sum((line) => line.discountPaise),
    taxPaise: sum((line) => line.taxPaise),
    shippingPaise,
    totalPaise,
    commissionPaise: sum((line) => line.commissionPaise),
    lines,
  };
}

/** Nobody earns without a seller, nor on their own purchase unless the business lets resellers order for customers. */
function earnsCommission(request: QuoteRequest, settings: BusinessSettings): boolean {
  if (request.sellerId === null) return false;
  return settings.selfPurchaseCommission || request.buyerUserId !== request.sellerId;
}

interface LineTerms {
  readonly interState: boolean;
  readonly earns: boolean;
  readonly now: Date;
}

function priceLine(
  item: QuoteItem,
  request: QuoteRequest,
  facts: QuoteFacts,
  { interState, earns, now }: LineTerms,
): QuoteLine {
  const product = facts.products.get(item.productId);
  if (product === undefined)
    throw notFound('PRODUCT_NOT_FOUND', 'There is no such product.', { productId: item.productId });
  const variant = chooseVariant(product, item.variantId);
  const unitPricePaise = unitPriceOf(item, request.link, variant, facts.settings.maxMarginBps);
  const quantity = BigInt(item.quantity);
  const subtotalPaise = unitPricePaise * quantity;
  const discountPaise = 0n;
  const salePaise = subtotalPaise - discountPaise;
  const taxRateBps = taxRateBpsOf(product, facts.taxRates, facts.settings.defaultTaxRateBps, now);
  const included = facts.settings.pricesIncludeTax;
  const { tax, legs } = splitTax(salePaise, taxRateBps, { included, interState });
  const subject = {
    businessId: facts.businessId,
    sellerId: request.sellerId,
    productId: product.productId,
    categoryPath: product.categoryPath,
  };
  const rule = earns ? chooseCommissionRule(facts.rules, subject, now) : undefined;
  return {
    product,
    variant,
    quantity: item.quantity,
    unitPricePaise,
    subtotalPaise,
    discountPaise,
    taxRateBps,
    taxPaise: tax,
    taxLegs: legs,
    totalPaise: included ? salePaise : salePaise + tax,
    commissionPaise: commissionOf(rule, { salePaise, baseTotalPaise: variant.basePricePaise * quantity }),
  };
}

/** The link's price for its product, else the seller's, else the catalogue's. All but the last must be within bounds. */
function unitPriceOf(
  item: QuoteItem,
  link: QuoteRequest['link'],
  variant: PricedVariant,
  maxMarginBps: number,
): bigint {
  const linkPricePaise = link !== null && link.productId === item.productId ? link.sellerPricePaise : null;
  if (linkPricePaise !== null && item.sellerPricePaise !== null && item.sellerPricePaise !== linkPricePaise) {
    throw unprocessable('PRICE_MISMATCH', 'The seller price differs from the price of the share link.', {
      productId: item.productId,
    });
  }
  const sellerPricePaise = linkPricePaise ?? item.sellerPricePaise;
  if (sellerPricePaise === null) return variant.basePricePaise;
  requirePriceWithin(sellerPricePaise, priceBounds(variant.basePricePaise, maxMarginBps), item.productId);
  return sellerPricePaise;
}

function refuseDuplicates(lines: readonly QuoteLine[]): void {
  const seen = new Set<string>();
  for (const { product, variant } of lines) {
    if (seen.has(variant.variantId)) {
      throw unprocessable(
        'DUPLICATE_ITEM',
        `"${product.name}" is listed twice: send one line with the whole quantity.`,
        {
          productId: product.productId,
          variantId: variant.variantId,
        },
      );
    }
    seen.add(variant.variantId);
  }
}
