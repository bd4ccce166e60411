import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BusinessUpdated,
  DEFAULT_BUSINESS_SETTINGS,
  eventOf,
  ProductCreated,
  ProductDeleted,
  ProductUpdated,
  type DomainEvent,
  type ProductFact,
} from '@reseller/contracts';
import { DeleteOldTombstones } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually, productFact, untilHandled, variantFact } from '@reseller/testing';
import { startPricing, type PricingFixture } from './pricing-fixture.js';

interface Answer {
  code?: string;
  subtotalPaise: number;
  shippingPaise: number;
}

let pricing: PricingFixture;
beforeAll(async () => {
  pricing = await startPricing();
});
afterAll(() => pricing.stop());

const at = (fact: ProductFact, aggregateVersion: number) => ({
  aggregateId: fact.productId,
  aggregateVersion,
  occurredAt: new Date(),
});
const created = (fact: ProductFact, version = 1) => eventOf(ProductCreated, { ...at(fact, version), data: fact });
const updated = (fact: ProductFact, version: number) => eventOf(ProductUpdated, { ...at(fact, version), data: fact });
const deleted = (fact: ProductFact, version: number) =>
  eventOf(ProductDeleted, { ...at(fact, version), data: { productId: fact.productId, businessId: fact.businessId } });
const priced = (fact: ProductFact, pricePaise: number): ProductFact => ({
  ...fact,
  variants: [variantFact({ pricePaise })],
});

const quote = async ({ productId }: ProductFact): Promise<Answer> =>
  (await pricing.client.asService('order').post<Answer>('/internal/quotes', { items: [{ productId, quantity: 1 }] }))
    .body;

/** Says it and waits until it was handled. */
async function say(...events: readonly DomainEvent[]): Promise<void> {
  await pricing.productSays.tell(...events);
  await untilHandled(pricing.db, ...events);
}

/** The quote after the commit has reached memory as well. */
const quotes = (fact: ProductFact, expected: Partial<Answer>) =>
  eventually(async () => expect(await quote(fact)).toMatchObject(expected));

describe('the copy of a product', () => {
  it('makes a quote possible without asking product', async () => {
    const fact = priced(productFact(), 12_300);
    await say(created(fact));
    await quotes(fact, { subtotalPaise: 12_300 });
    expect(pricing.catalogue.callsTo(`/internal/products/${fact.productId}`)).toEqual([]);
  });

  it('changes the next quote', async () => {
    const fact = productFact();
    await say(created(fact));
    await quotes(fact, { subtotalPaise: 100_000 });
    await say(updated(priced(fact, 90_000), 2));
    await quotes(fact, { subtotalPaise: 90_000 });
  });

  it('is the newest, whatever the order and however often', async () => {
    const fact = productFact();
    const newest = updated(priced(fact, 300), 3);
    await say(newest, updated(priced(fact, 200), 2), newest, created(fact));
    await quotes(fact, { subtotalPaise: 300 });
    const [row] = await pricing.db.query<{ version: bigint }>('select version from product_copies where id = $1', [
      fact.productId,
    ]);
    expect(row?.version).toBe(3n);
  });

  it('stays deleted, also where the deletion is heard first', async () => {
    const fact = productFact();
    await say(deleted(fact, 2), created(fact));
    await quotes(fact, { code: 'PRODUCT_NOT_FOUND' });
    const stored = await pricing.db.query('select product from product_copies where id = $1', [fact.productId]);
    expect(stored).toEqual([{ product: null }]);
    pricing.catalogue.answers.set(`/internal/products/${fact.productId}`, { ...fact, version: 9 });
    expect((await quote(fact)).code).toBe('PRODUCT_NOT_FOUND');
  });

  it('is forgotten once its tombstone is old, and stays deleted; young tombstones and living copies stay', async () => {
    const [old, young, living] = [productFact(), productFact(), productFact()];
    await say(deleted(old, 2), deleted(young, 2), created(living));
    const { db, app } = pricing;
    await db.query(`update product_copies set deleted_at = now() - interval '31 days' where id = $1`, [old.productId]);
    await db.query(`update product_copies set heard_at = now() - interval '31 days' where id = $1`, [living.productId]);
    expect(await app.get(DeleteOldTombstones).execute()).toBe(1);
    expect(await app.get(DeleteOldTombstones).execute()).toBe(0);
    const ids = [old, young, living].map(({ productId }) => productId);
    const left = await db.query<{ id: string }>('select id from product_copies where id = any ($1) order by id', [ids]);
    expect(left.map(({ id }) => id)).toEqual([young.productId, living.productId].toSorted());
    await quotes(old, { code: 'PRODUCT_NOT_FOUND' });
  });

  it('is kept as it is when an event is poison, and others go on', async () => {
    const fact = productFact();
    await say(created(fact));
    const poison = { ...updated(fact, 2), data: { productId: fact.productId, variants: 'none' } };
    await pricing.productSays.tell(poison);
    await say(updated(priced(fact, 500), 3));
    await quotes(fact, { subtotalPaise: 500 });
    await eventually(async () => {
      expect(await pricing.productSays.deadLettersOf('pricing')).toMatchObject([
        { id: poison.id, type: 'PRODUCT_UPDATED' },
      ]);
    });
  });
});

describe('the copy of a business', () => {
  it('is the newest, whatever the order and however often', async () => {
    const businessId = newId();
    const stands = (version: number, shippingFeePaise: number) =>
      eventOf(BusinessUpdated, {
        aggregateId: businessId,
        aggregateVersion: version,
        occurredAt: new Date(),
        data: {
          businessId,
          tenantId: newId(),
          name: 'Shop',
          isActive: true,
          settings: { ...DEFAULT_BUSINESS_SETTINGS, shippingFeePaise },
        },
      });
    const fact = productFact({ businessId });
    const newest = stands(7, 700);
    await say(created(fact), newest, stands(6, 600), newest);
    await quotes(fact, { shippingPaise: 700 });
    await say(stands(8, 800));
    await quotes(fact, { shippingPaise: 800 });
  });
});
