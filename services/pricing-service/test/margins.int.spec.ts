import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { productFact, variantFact } from '@reseller/testing';
import { startPricing, type PricingFixture } from './pricing-fixture.js';

let pricing: PricingFixture;
beforeAll(async () => {
  pricing = await startPricing();
});
afterAll(() => pricing.stop());

function inCatalogue(fact = productFact()) {
  pricing.catalogue.answers.set(`/internal/products/${fact.productId}`, { ...fact, version: 1 });
  return fact;
}

const validate = (body: unknown) =>
  pricing.client.anonymous().post<Record<string, unknown>>('/pricing/validate-margin', body);

describe('POST /pricing/validate-margin', () => {
  it('answers the printed example: ₹1500 over ₹1000 is a margin of 500 and 50 %', async () => {
    const { productId } = inCatalogue();
    const answer = await validate({ productId, sellerPrice: 1500.0 });
    expect([answer.status, answer.body]).toEqual([
      200,
      { valid: true, basePrice: 1000, sellerPrice: 1500, margin: 500, marginPercentage: 50 },
    ]);
  });

  it.each([
    [999.99, 'PRICE_BELOW_BASE', -0.01],
    [3000.01, 'PRICE_ABOVE_LIMIT', 2000.01],
  ])('says why ₹%d is not allowed and what is', async (sellerPrice, reason, margin) => {
    const { productId } = inCatalogue();
    const { body } = await validate({ productId, sellerPrice });
    expect(body).toMatchObject({ valid: false, reason, margin, maxSellerPrice: 3000 });
  });

  it('without a variant needs a price that suits all of them', async () => {
    const cheap = variantFact({ pricePaise: 50_000 });
    const dear = variantFact({ pricePaise: 100_000 });
    const { productId } = inCatalogue(productFact({ variants: [cheap, dear] }));
    expect((await validate({ productId, sellerPrice: 800 })).body).toMatchObject({
      valid: false,
      basePrice: 1000,
      maxSellerPrice: 1500,
    });
    expect((await validate({ productId, variantId: cheap.variantId, sellerPrice: 800 })).body).toMatchObject({
      valid: true,
      basePrice: 500,
    });
  });

  it('answers 404 for an unknown product and 400 for a third decimal', async () => {
    expect((await validate({ productId: newId(), sellerPrice: 10 })).status).toBe(404);
    expect((await validate({ productId: newId(), sellerPrice: 10.001 })).status).toBe(400);
  });
});

describe('POST /internal/margin-checks', () => {
  it('answers in paise, with the business', async () => {
    const { productId, businessId } = inCatalogue();
    const answer = await pricing.client
      .asService('share-link')
      .post('/internal/margin-checks', { productId, sellerPricePaise: 99_999 });
    expect(answer.body).toEqual({
      valid: false,
      reason: 'PRICE_BELOW_BASE',
      businessId,
      basePricePaise: 100_000,
      maxSellerPricePaise: 300_000,
      sellerPricePaise: 99_999,
    });
  });
});

describe('GET /pricing/product/:productId', () => {
  it('tells base prices, limits, and the commission that would apply', async () => {
    const variants = [variantFact({ name: 'L', pricePaise: 120_000, mrpPaise: 200_000 }), variantFact({ name: 'S' })];
    const { productId } = inCatalogue(productFact({ variants, hsn: '6109' }));
    const { body } = await pricing.client.anonymous().get(`/pricing/product/${productId}?sellerPrice=1500`);
    expect(body).toMatchObject({
      productId,
      basePrice: 1000,
      maxSellerPrice: 3000,
      maxMarginPercentage: 200,
      taxRate: 5,
      variants: [
        { name: 'L', basePrice: 1200, maxSellerPrice: 3600, mrp: 2000 },
        { name: 'S', basePrice: 1000, maxSellerPrice: 3000, mrp: null },
      ],
      commissionRule: { scope: 'platform', basis: 'SALE', rate: 10 },
      exampleCommission: { sellerPrice: 1500, commission: 150 },
    });
  });

  it('answers 404 for what is not for sale and 400 for what is no id', async () => {
    const { productId } = inCatalogue(productFact({ isActive: false }));
    expect((await pricing.client.anonymous().get(`/pricing/product/${productId}`)).status).toBe(404);
    expect((await pricing.client.anonymous().get('/pricing/product/kurta')).status).toBe(400);
  });
});
