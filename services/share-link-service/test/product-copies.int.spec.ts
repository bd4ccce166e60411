import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventOf,
  ProductCreated,
  ProductDeleted,
  ProductUpdated,
  type DomainEvent,
  type ProductFact,
} from '@reseller/contracts';
import { DeleteOldTombstones } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually, productFact, untilHandled } from '@reseller/testing';
import { ProductCopies } from '../src/product-copies/product-copies.js';
import { startShareLinks, type ShareLinkFixture } from './share-link-fixture.js';

let service: ShareLinkFixture;
beforeAll(async () => {
  service = await startShareLinks();
});
afterAll(() => service.stop());

const at = (fact: ProductFact, aggregateVersion: number) => ({
  aggregateId: fact.productId,
  aggregateVersion,
  occurredAt: new Date(),
});
const created = (fact: ProductFact, version: number) => eventOf(ProductCreated, { ...at(fact, version), data: fact });
const updated = (fact: ProductFact, version: number) => eventOf(ProductUpdated, { ...at(fact, version), data: fact });
const deleted = (fact: ProductFact, version: number) =>
  eventOf(ProductDeleted, { ...at(fact, version), data: { productId: fact.productId, businessId: fact.businessId } });

async function linkTo(fact: ProductFact) {
  service.offer(fact);
  const owner = service.client.as({ userId: newId(), roles: ['RESELLER'] });
  const { body } = await owner.post<{ code: string }>('/share-links', { productId: fact.productId });
  return () => service.client.anonymous().get<{ product: { name: string } }>(`/share-links/${body.code}`);
}

/** Says it and waits until it was handled. */
async function say(...events: readonly DomainEvent[]): Promise<void> {
  await service.productSays.tell(...events);
  await untilHandled(service.db, ...events);
}

describe('the copy of a product', () => {
  it('follows the catalogue', async () => {
    const fact = productFact();
    const show = await linkTo(fact);
    await say(updated({ ...fact, name: 'Renamed' }, 2));
    await eventually(async () => expect((await show()).body.product.name).toBe('Renamed'));
  });

  it('keeps the newest version, whatever the order and however often', async () => {
    const fact = productFact();
    const show = await linkTo(fact);
    const newest = updated({ ...fact, name: 'Third' }, 3);
    await say(newest, updated({ ...fact, name: 'Second' }, 2), newest, created(fact, 1));
    await eventually(async () => expect((await show()).body.product.name).toBe('Third'));
  });

  it('stays deleted, and the link is gone with it', async () => {
    const fact = productFact();
    const show = await linkTo(fact);
    await say(deleted(fact, 3), updated({ ...fact, name: 'Late' }, 2));
    await eventually(async () => expect((await show()).status).toBe(410));
  });

  it('is forgotten once its tombstone is old, and stays deleted; young tombstones and living copies stay', async () => {
    const [old, young, living] = [productFact(), productFact(), productFact()];
    const show = await linkTo(old);
    service.catalogue.answers.delete(`/internal/products/${old.productId}`);
    await say(deleted(old, 2), deleted(young, 2), created(living, 1));
    const { db, app } = service;
    await db.query(`update product_copies set deleted_at = now() - interval '31 days' where id = $1`, [old.productId]);
    await db.query(`update product_copies set heard_at = now() - interval '31 days' where id = $1`, [living.productId]);
    expect(await app.get(DeleteOldTombstones).execute()).toBe(1);
    expect(await app.get(DeleteOldTombstones).execute()).toBe(0);
    const ids = [old, young, living].map(({ productId }) => productId);
    const left = await db.query<{ id: string }>('select id from product_copies where id = any ($1) order by id', [ids]);
    expect(left.map(({ id }) => id)).toEqual([young.productId, living.productId].toSorted());
    service.app.get(ProductCopies).changed(old.productId);
    expect((await show()).status).toBe(410);
  });
});
