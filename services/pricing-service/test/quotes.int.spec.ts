import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BusinessCreated, DEFAULT_BUSINESS_SETTINGS, eventOf } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually, productFact, type TestResponse, variantFact, watchStatements } from '@reseller/testing';
import { startPricing, type PricingFixture } from './pricing-fixture.js';

const statements = watchStatements();

interface Problem {
  code: string;
  errors?: { path: string }[];
  details?: Record<string, unknown>;
}
interface Answer extends Problem {
  totalPaise: number;
  commissionPaise: number;
  taxPaise: number;
  shippingPaise: number;
  lines: { unitPricePaise: number; taxLegs: Record<string, number> }[];
}

let pricing: PricingFixture;
beforeAll(async () => {
  pricing = await startPricing();
});
afterAll(() => pricing.stop());

/** The catalogue has it; pricing has not heard of it. */
function inCatalogue(fact = productFact(), version = 1) {
  pricing.catalogue.answers.set(`/internal/products/${fact.productId}`, { ...fact, version });
  return fact;
}

const calculate = (body: unknown): Promise<TestResponse<Answer>> =>
  pricing.client.anonymous().post('/pricing/calculate', body);
const quote = (body: unknown): Promise<TestResponse<Answer>> =>
  pricing.client.asService('order').post('/internal/quotes', body);

describe('POST /pricing/calculate', () => {
  it('answers the printed example: two at ₹1500 over a base of ₹1000', async () => {
    const { productId, variants } = inCatalogue();
    const answer = await calculate({ sellerId: newId(), items: [{ productId, quantity: 2, sellerPrice: 1500.0 }] });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      subtotal: 3000,
      commission: 300,
      total: 3000,
      discountTotal: 0,
      taxTotal: 457.62,
      shippingTotal: 0,
      pricesIncludeTax: true,
      currency: 'INR',
      items: [
        {
          productId,
          variantId: variants[0]?.variantId,
          basePrice: 1000,
          sellerPrice: 1500,
          quantity: 2,
          subtotal: 3000,
          commission: 300,
          discount: 0,
          taxRate: 18,
          tax: 457.62,
          total: 3000,
        },
      ],
    });
  });

  it('shows a reseller what they would earn, although they ask themselves', async () => {
    const { productId } = inCatalogue();
    const sellerId = newId();
    const answer = await pricing.client
      .as({ userId: sellerId, roles: ['RESELLER'] })
      .post<Answer & { commission: number }>('/pricing/calculate', { sellerId, items: [{ productId, quantity: 1 }] });
    expect(answer.body.commission).toBe(100);
  });

  it.each([
    ['a third decimal', { sellerPrice: 1500.005 }, 'items.0.sellerPrice'],
    ['no pieces', { quantity: 0 }, 'items.0.quantity'],
    ['more pieces than a line may have', { quantity: 1001 }, 'items.0.quantity'],
    ['half a piece', { quantity: 1.5 }, 'items.0.quantity'],
    ['an unknown field', { price: 1 }, 'items.0'],
  ])('refuses %s', async (_, over, path) => {
    const answer = await calculate({ items: [{ productId: newId(), quantity: 1, ...over }] });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.path)).toContain(path);
  });

  it('refuses an empty basket and one of more than 100 lines', async () => {
    const line = { productId: newId(), quantity: 1 };
    expect((await calculate({ items: [] })).status).toBe(400);
    expect((await calculate({ items: Array.from({ length: 101 }, () => line) })).status).toBe(400);
  });

  it('answers 404 for a product that nobody knows', async () => {
    const answer = await calculate({ items: [{ productId: newId(), quantity: 1 }] });
    expect([answer.status, answer.body.code]).toEqual([404, 'PRODUCT_NOT_FOUND']);
  });

  it('is not for requests that go around the gateway', async () => {
    expect((await pricing.client.post('/pricing/calculate', { items: [] })).status).toBe(401);
  });
});

describe('POST /internal/quotes', () => {
  it('is for services only', async () => {
    const answer = await pricing.client
      .as({ userId: newId(), roles: ['ADMIN'] })
      .post('/internal/quotes', { items: [] });
    expect(answer.status).toBe(401);
  });

  it('adds GST and shipping for a business whose prices exclude tax: 1998, 359.64, 50, 2407.64', async () => {
    const businessId = newId();
    const settings = {
      ...DEFAULT_BUSINESS_SETTINGS,
      pricesIncludeTax: false,
      shippingFeePaise: 5_000,
      state: 'Maharashtra',
    };
    const business = { businessId, tenantId: newId(), name: 'Exclusive', isActive: true, settings };
    pricing.accounts.answers.set(`/internal/businesses/${businessId}`, business);
    const { productId } = inCatalogue(productFact({ businessId, variants: [variantFact({ pricePaise: 99_900 })] }));
    const { status, body } = await quote({ destinationState: 'KA', items: [{ productId, quantity: 2 }] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      businessId,
      subtotalPaise: 199_800,
      taxPaise: 35_964,
      shippingPaise: 5_000,
      totalPaise: 240_764,
      lines: [{ taxLegs: { cgstPaise: 0, sgstPaise: 0, igstPaise: 35_964 } }],
    });
  });

  it('uses the HSN table, and the rate of the product before it', async () => {
    const knitted = inCatalogue(productFact({ hsn: '6109' }));
    const special = inCatalogue(productFact({ hsn: '6109', taxRateBps: 1_800 }));
    const { body } = await quote({ items: [knitted, special].map(({ productId }) => ({ productId, quantity: 1 })) });
    expect(body.lines).toMatchObject([{ taxRateBps: 500 }, { taxRateBps: 1_800 }]);
  });

  it('lets a link set the price of its product and nobody earn on their own purchase', async () => {
    const { productId } = inCatalogue();
    const sellerId = newId();
    const body = { sellerId, link: { productId, sellerPricePaise: 150_000 }, items: [{ productId, quantity: 2 }] };
    expect((await quote(body)).body).toMatchObject({
      totalPaise: 300_000,
      commissionPaise: 30_000,
      lines: [{ unitPricePaise: 150_000 }],
    });
    expect((await quote({ ...body, buyerUserId: sellerId })).body.commissionPaise).toBe(0);
    const mismatch = await quote({ ...body, items: [{ productId, quantity: 2, sellerPricePaise: 140_000 }] });
    expect([mismatch.status, mismatch.body.code]).toEqual([422, 'PRICE_MISMATCH']);
  });

  it.each([
    [99_999, 'PRICE_BELOW_BASE'],
    [300_001, 'PRICE_ABOVE_LIMIT'],
  ])('refuses a seller price of %d paise with %s', async (sellerPricePaise, code) => {
    const { productId } = inCatalogue();
    const answer = await quote({ items: [{ productId, quantity: 1, sellerPricePaise }] });
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect(answer.body.details).toMatchObject({ basePrice: 1000, maxSellerPrice: 3000 });
  });

  it('names the variants where one must be chosen', async () => {
    const { productId } = inCatalogue(
      productFact({ variants: [variantFact({ name: 'S' }), variantFact({ name: 'M' })] }),
    );
    const answer = await quote({ items: [{ productId, quantity: 1 }] });
    expect([answer.status, answer.body.code]).toEqual([422, 'VARIANT_REQUIRED']);
    expect(answer.body.details).toMatchObject({
      variants: [
        { name: 'S', price: 1000 },
        { name: 'M', price: 1000 },
      ],
    });
  });

  it('refuses products of two businesses in one order', async () => {
    const ours = inCatalogue();
    const theirs = inCatalogue(productFact({ businessId: newId() }));
    const mixed = await quote({ items: [ours, theirs].map(({ productId }) => ({ productId, quantity: 1 })) });
    expect([mixed.status, mixed.body.code]).toEqual([422, 'MIXED_BUSINESSES']);
    const foreign = await quote({ businessId: newId(), items: [{ productId: ours.productId, quantity: 1 }] });
    expect(foreign.body.code).toBe('MIXED_BUSINESSES');
    expect(foreign.body).toMatchObject({ detail: expect.stringContaining('businessId') });
  });

  it('asks product again about one that its copy cannot sell: the event may be on its way', async () => {
    const fact = inCatalogue(productFact({ isActive: false }));
    const items = [{ productId: fact.productId, quantity: 1 }];
    expect((await quote({ items })).body.code).toBe('PRODUCT_INACTIVE');
    inCatalogue({ ...fact, isActive: true }, 2);
    await eventually(async () => expect((await quote({ items })).status).toBe(200));
  });

  it('says that a dependency is down rather than that the product does not exist', async () => {
    const { productId } = productFact();
    pricing.catalogue.answers.set(`/internal/products/${productId}`, 'not a product');
    expect((await quote({ items: [{ productId, quantity: 1 }] })).status).toBe(502);
  });

  it('needs no SQL when it is warm', async () => {
    const { productId } = inCatalogue();
    const body = { sellerId: newId(), items: [{ productId, quantity: 1 }] };
    await quote(body);
    const sent = await statements.during(async () => {
      expect((await quote(body)).status).toBe(200);
    });
    expect(sent).toEqual([]);
  });
});

describe('businesses', () => {
  it('follow what auth says of their settings', async () => {
    const businessId = newId();
    const settings = { ...DEFAULT_BUSINESS_SETTINGS, maxMarginBps: 1_000 };
    const business = { businessId, tenantId: newId(), name: 'Careful', isActive: true, settings };
    await pricing.authSays.tell(
      eventOf(BusinessCreated, {
        aggregateId: businessId,
        aggregateVersion: 1,
        occurredAt: new Date(),
        data: business,
      }),
    );
    const { productId } = inCatalogue(productFact({ businessId }));
    await eventually(async () => {
      const answer = await quote({ items: [{ productId, quantity: 1, sellerPricePaise: 110_001 }] });
      expect(answer.body.code).toBe('PRICE_ABOVE_LIMIT');
    });
  });
});
