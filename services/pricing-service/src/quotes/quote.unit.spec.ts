import { describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID, DEFAULT_BUSINESS_SETTINGS } from '@reseller/contracts';
import { DomainError } from '@reseller/runtime';
import fc from 'fast-check';
import type { CommissionRule } from '../commission-rules/commission.js';
import type { PricedProduct, PricedVariant } from '../product-copies/product-copy.js';
import { priceQuote, type QuoteFacts, type QuoteItem, type QuoteRequest } from './quote.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const SELLER = '00000000-0000-7000-8000-00000000000a';

const TEN_PERCENT_OF_SALE: CommissionRule = {
  id: 'rule-1',
  businessId: null,
  scope: 'platform',
  scopeId: null,
  basis: 'SALE',
  rateBps: 1_000,
  validFrom: null,
  validTo: null,
  isActive: true,
};

const variant = (variantId: string, basePricePaise: bigint, isActive = true): PricedVariant => ({
  variantId,
  sku: variantId,
  name: null,
  basePricePaise,
  mrpPaise: null,
  imageUrl: null,
  isActive,
});

const product = (productId: string, ...variants: PricedVariant[]): PricedProduct => ({
  productId,
  businessId: DEFAULT_BUSINESS_ID,
  name: productId,
  categoryPath: [],
  hsn: null,
  taxRateBps: null,
  imageUrl: null,
  isActive: true,
  variants,
});

const facts = (products: readonly PricedProduct[], over: Partial<QuoteFacts> = {}): QuoteFacts => ({
  products: new Map(products.map((one) => [one.productId, one])),
  businessId: DEFAULT_BUSINESS_ID,
  settings: DEFAULT_BUSINESS_SETTINGS,
  rules: [TEN_PERCENT_OF_SALE],
  taxRates: [],
  ...over,
});

const item = (
  productId: string,
  quantity: number,
  sellerPricePaise: bigint | null = null,
  variantId: string | null = null,
): QuoteItem => ({
  productId,
  variantId,
  quantity,
  sellerPricePaise,
});

const request = (items: readonly QuoteItem[], over: Partial<QuoteRequest> = {}): QuoteRequest => ({
  sellerId: SELLER,
  buyerUserId: null,
  link: null,
  destinationState: null,
  items,
  ...over,
});

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'none';
};

const shirt = product('shirt', variant('shirt-1', 100_000n));

describe('a quote', () => {
  it('prices two at ₹1500 over a base of ₹1000: 3000, commission 300', () => {
    const quote = priceQuote(request([item('shirt', 2, 150_000n)]), facts([shirt]), NOW);
    expect(quote).toMatchObject({
      subtotalPaise: 300_000n,
      totalPaise: 300_000n,
      commissionPaise: 30_000n,
      shippingPaise: 0n,
    });
    expect(quote.taxPaise).toBe(45_762n);
  });

  it('adds GST and flat shipping where prices exclude tax: two at ₹999 make ₹2407.64', () => {
    const settings = { ...DEFAULT_BUSINESS_SETTINGS, pricesIncludeTax: false, shippingFeePaise: 5_000 };
    const mug = product('mug', variant('mug-1', 99_900n));
    const quote = priceQuote(request([item('mug', 2)]), facts([mug], { settings }), NOW);
    expect(quote).toMatchObject({
      subtotalPaise: 199_800n,
      taxPaise: 35_964n,
      shippingPaise: 5_000n,
      totalPaise: 240_764n,
    });
  });

  it('taxes across a state border with IGST alone, inside a state in equal halves', () => {
    const settings = { ...DEFAULT_BUSINESS_SETTINGS, state: 'MH' };
    const legsTo = (destinationState: string) =>
      priceQuote(request([item('shirt', 1)], { destinationState }), facts([shirt], { settings }), NOW).lines[0]
        ?.taxLegs;
    expect(legsTo('Karnataka')).toEqual({ cgst: 0n, sgst: 0n, igst: 15_254n });
    expect(legsTo('maharashtra ')).toEqual({ cgst: 7_627n, sgst: 7_627n, igst: 0n });
  });

  it('takes the price of the link for its product and the catalogue price for others', () => {
    const cup = product('cup', variant('cup-1', 20_000n));
    const link = { productId: 'shirt', sellerPricePaise: 120_000n };
    const quote = priceQuote(request([item('shirt', 1), item('cup', 1)], { link }), facts([shirt, cup]), NOW);
    expect(quote.lines.map((line) => line.unitPricePaise)).toEqual([120_000n, 20_000n]);
  });

  it('refuses a seller price that differs from the price of the link', () => {
    const link = { productId: 'shirt', sellerPricePaise: 120_000n };
    expect(codeOf(() => priceQuote(request([item('shirt', 1, 110_000n)], { link }), facts([shirt]), NOW))).toBe(
      'PRICE_MISMATCH',
    );
  });

  it.each([
    [99_999n, 'PRICE_BELOW_BASE'],
    [100_000n, 'none'],
    [300_000n, 'none'],
    [300_001n, 'PRICE_ABOVE_LIMIT'],
  ])('answers a seller price of %s paise with %s', (price, code) => {
    expect(codeOf(() => priceQuote(request([item('shirt', 1, price)]), facts([shirt]), NOW))).toBe(code);
  });

  it('asks for the variant where there are several for sale, and only there', () => {
    const shoe = product('shoe', variant('s', 1_000n), variant('m', 1_000n), variant('l', 1_000n, false));
    expect(codeOf(() => priceQuote(request([item('shoe', 1)]), facts([shoe]), NOW))).toBe('VARIANT_REQUIRED');
    expect(codeOf(() => priceQuote(request([item('shoe', 1, null, 'm')]), facts([shoe]), NOW))).toBe('none');
    expect(codeOf(() => priceQuote(request([item('shoe', 1, null, 'l')]), facts([shoe]), NOW))).toBe(
      'PRODUCT_INACTIVE',
    );
    expect(codeOf(() => priceQuote(request([item('shoe', 1, null, 'xl')]), facts([shoe]), NOW))).toBe(
      'VARIANT_NOT_FOUND',
    );
  });

  it('refuses unknown and inactive products and one variant on two lines', () => {
    const gone = { ...product('gone', variant('g', 1_000n)), isActive: false };
    expect(codeOf(() => priceQuote(request([item('nothing', 1)]), facts([shirt]), NOW))).toBe('PRODUCT_NOT_FOUND');
    expect(codeOf(() => priceQuote(request([item('gone', 1)]), facts([gone]), NOW))).toBe('PRODUCT_INACTIVE');
    const twice = request([item('shirt', 1), item('shirt', 1, null, 'shirt-1')]);
    expect(codeOf(() => priceQuote(twice, facts([shirt]), NOW))).toBe('DUPLICATE_ITEM');
  });

  it('refuses a total that is beyond what money can travel as', () => {
    const palace = product('palace', variant('p', 99_000_000_000n));
    expect(codeOf(() => priceQuote(request([item('palace', 2)]), facts([palace]), NOW))).toBe('TOTAL_TOO_LARGE');
  });

  it('earns nothing without a seller, nor on an own purchase unless the business allows it', () => {
    const earned = (over: Partial<QuoteRequest>, selfPurchaseCommission = false) =>
      priceQuote(
        request([item('shirt', 1)], over),
        facts([shirt], { settings: { ...DEFAULT_BUSINESS_SETTINGS, selfPurchaseCommission } }),
        NOW,
      ).commissionPaise;
    expect(earned({ sellerId: null })).toBe(0n);
    expect(earned({ buyerUserId: SELLER })).toBe(0n);
    expect(earned({ buyerUserId: SELLER }, true)).toBe(10_000n);
    expect(earned({ buyerUserId: 'somebody else' })).toBe(10_000n);
  });

  it('always adds up: totals are sums of lines, legs sum to the tax, commission stays within the sale', () => {
    const line = fc.record({
      basePricePaise: fc.bigInt({ min: 0n, max: 10_000_000n }),
      marginBps: fc.integer({ min: 0, max: 20_000 }),
      quantity: fc.integer({ min: 1, max: 50 }),
      taxRateBps: fc.constantFrom(0, 500, 1_800, 4_000),
    });
    const terms = fc.record({
      lines: fc.array(line, { minLength: 1, maxLength: 8 }),
      pricesIncludeTax: fc.boolean(),
      shippingFeePaise: fc.integer({ min: 0, max: 20_000 }),
      destinationState: fc.constantFrom(null, 'KA', 'MH'),
      basis: fc.constantFrom('SALE', 'MARGIN'),
      rateBps: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(terms, ({ lines, pricesIncludeTax, shippingFeePaise, destinationState, basis, rateBps }) => {
        const products = lines.map((one, i) => ({
          ...product(`p${i}`, variant(`v${i}`, one.basePricePaise)),
          taxRateBps: one.taxRateBps,
        }));
        const settings = { ...DEFAULT_BUSINESS_SETTINGS, state: 'MH', pricesIncludeTax, shippingFeePaise };
        const rules = [{ ...TEN_PERCENT_OF_SALE, basis, rateBps }];
        const items = lines.map((one, i) =>
          item(`p${i}`, one.quantity, one.basePricePaise + (one.basePricePaise * BigInt(one.marginBps)) / 10_000n),
        );
        const quote = priceQuote(request(items, { destinationState }), facts(products, { settings, rules }), NOW);
        const sum = (of: (line: (typeof quote.lines)[number]) => bigint) =>
          quote.lines.reduce((all, one) => all + of(one), 0n);
        expect(quote.subtotalPaise).toBe(sum((one) => one.subtotalPaise));
        expect(quote.taxPaise).toBe(sum((one) => one.taxPaise));
        expect(quote.commissionPaise).toBe(sum((one) => one.commissionPaise));
        expect(quote.totalPaise).toBe(sum((one) => one.totalPaise) + quote.shippingPaise);
        const goods = quote.subtotalPaise - quote.discountPaise + (pricesIncludeTax ? 0n : quote.taxPaise);
        expect(quote.totalPaise - quote.shippingPaise).toBe(goods);
        for (const one of quote.lines) {
          expect(one.taxLegs.cgst + one.taxLegs.sgst + one.taxLegs.igst).toBe(one.taxPaise);
          expect(one.commissionPaise <= one.subtotalPaise - one.discountPaise).toBe(true);
          if (basis === 'MARGIN')
            expect(one.commissionPaise <= one.subtotalPaise - one.variant.basePricePaise * BigInt(one.quantity)).toBe(
              true,
            );
        }
      }),
    );
  });
});
