import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import type { ProductView } from '../src/products/products.schemas.js';
import { importCsv, refusals, reportOf, runAll, send, waitingForLocks } from './import-fixture.js';
import {
  ADMIN,
  createProduct,
  eventsOf,
  requireBooksInOrder,
  startProductService,
  type ProductService,
} from './product-fixture.js';

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());
afterEach(() => requireBooksInOrder(service));

const admin = () => service.client.as(ADMIN);
const bySlug = async (slug: string) => (await admin().get<ProductView>(`/products/slug/${slug}`)).body;
const byId = async (id: string) => (await admin().get<ProductView>(`/products/${id}`)).body;
/** Something that no other test calls so. */
const fresh = (word: string): string => `${word}-${newId().slice(-10)}`;

describe('a file of products', () => {
  it('makes products with their variants, and tells of each', async () => {
    const [slug, other] = [fresh('shirt'), fresh('MUG')];
    const category = await admin().post<{ slug: string }>('/categories', { name: fresh('Clothes') });
    const report = await importCsv(
      service,
      'products',
      [
        'sku,slug,name,description,category,basePrice,hsn,taxRatePercent,tags,isActive,options,price,mrp,weight,imageUrl',
        `${slug}-s,${slug},"Shirt, ""cotton""","one\ntwo",${category.body.slug},999.50,6109,5,Summer|cotton,yes,Color=Red; Size=S,,1200,250,`,
        `${slug}-m,${slug},,,,,,,,,Color=Red; Size=M,1050,,,https://example.com/m.jpg`,
        `${other},,${other},,,10,,,,no,,,,,`,
      ].join('\n'),
    );
    expect([report.state, refusals(report), report.rowsApplied]).toEqual(['COMPLETED', [], 3]);
    const shirt = await bySlug(slug);
    expect(shirt).toMatchObject({
      name: 'Shirt, "cotton"',
      description: 'one\ntwo',
      basePrice: 999.5,
      hsn: '6109',
      taxRatePercent: 5,
      tags: ['summer', 'cotton'],
      isActive: true,
      category: { slug: category.body.slug },
      variants: [
        { sku: `${slug}-s`, name: 'Red / S', price: 999.5, mrp: 1200, weight: 250, stock: 0 },
        { sku: `${slug}-m`, name: 'Red / M', price: 1050, mrp: null, imageUrl: 'https://example.com/m.jpg' },
      ],
    });
    expect(await bySlug(other.toLowerCase())).toMatchObject({
      isActive: false,
      variants: [{ sku: other, name: null }],
    });
    expect(await eventsOf(service, 'PRODUCT_CREATED', shirt.id)).toMatchObject([
      { aggregateVersion: 1, data: { slug, basePricePaise: 99_950, variants: [{}, {}] } },
    ]);
  });

  it('changes by SKU what differs, leaves alone what the row does not say, and tells of it once', async () => {
    const product = await createProduct(service.client, {
      name: fresh('Lamp'),
      description: 'stays',
      variants: ['S', 'M'].map((value) => ({ stock: 3, optionValues: [{ optionName: 'Size', value }] })),
    });
    const [small, medium] = product.variants;
    const report = await importCsv(
      service,
      'products',
      `sku,basePrice,price,variantIsActive\n${small?.sku},1100,1150,\n${medium?.sku.toLowerCase()},,,false\n`,
    );
    expect(report).toMatchObject({ rowsApplied: 2, rowsFailed: 0 });
    expect(await byId(product.id)).toMatchObject({
      name: product.name,
      description: 'stays',
      basePrice: 1100,
      version: 2,
      variants: [
        { id: small?.id, price: 1150, isActive: true, stock: 3 },
        { id: medium?.id, price: 1000, isActive: false, stock: 3 },
      ],
    });
    expect(await eventsOf(service, 'PRODUCT_UPDATED', product.id)).toMatchObject([{ aggregateVersion: 2 }]);
  });

  it('changes nothing when it is sent again: no version, no event', async () => {
    const slug = fresh('again');
    const csv = `sku,slug,name,basePrice,options,tags\n${slug}-s,${slug},Again,10,Size=S,a|b\n${slug}-m,${slug},Again,10,Size=M,a|b\n`;
    await importCsv(service, 'products', csv);
    expect(await importCsv(service, 'products', csv)).toMatchObject({
      rowsApplied: 0,
      rowsUnchanged: 2,
      rowsFailed: 0,
    });
    const product = await bySlug(slug);
    expect(product.version).toBe(1);
    expect(await eventsOf(service, 'PRODUCT_UPDATED', product.id)).toEqual([]);
  });

  it('adds a variant to a product that exists', async () => {
    const { id, slug, variants } = await createProduct(service.client, {
      variants: [{ stock: 3, optionValues: [{ optionName: 'Size', value: 'S' }] }],
    });
    const sku = fresh('XL');
    await importCsv(service, 'products', `sku,slug,options\n${sku},${slug},Size=XL\n`);
    expect(await byId(id)).toMatchObject({
      variants: [
        { id: variants[0]?.id, stock: 3 },
        { sku, name: 'XL', price: 1000 },
      ],
    });
  });

  it('reports bad rows by their line and applies the good ones, also of the same product', async () => {
    const slug = fresh('mixed');
    const { variants } = await createProduct(service.client);
    const report = await importCsv(
      service,
      'products',
      [
        'sku,slug,name,basePrice,options,category,price,imageUrl',
        `${slug}-s,${slug},Mixed,10,Size=S,,,`,
        `${slug}-x,${slug},Mixed,10,Colour=Red,,,`,
        `${slug}-m,${slug},Mixed,10,Size=M,,,`,
        `${slug}-again,${slug},Mixed,10,Size=m,,,`,
        `${fresh('n')},,,10,,,,`,
        `${fresh('n')},,No price,,,,,`,
        `${fresh('n')},,Bad,1.234,Red,,-5,javascript:alert(1)`,
        `${fresh('n')},,Nowhere,1,,no-such-category,,`,
        `${variants[0]?.sku},${slug},,,,,,`,
        `${slug}-s,${slug},Mixed,11,,,,`,
      ].join('\n'),
    );
    expect(refusals(report)).toEqual([
      [3, 'VARIANT_OPTIONS_DIFFER', 'sku'],
      [5, 'DUPLICATE_VARIANT', 'sku'],
      [6, 'NAME_REQUIRED', 'name'],
      [7, 'BASE_PRICE_REQUIRED', 'basePrice'],
      [8, 'VALIDATION_FAILED', 'basePrice'],
      [8, 'VALIDATION_FAILED', 'options'],
      [8, 'VALIDATION_FAILED', 'price'],
      [8, 'VALIDATION_FAILED', 'imageUrl'],
      [9, 'CATEGORY_UNKNOWN', 'category'],
      [10, 'SKU_TAKEN', 'slug'],
      [11, 'DUPLICATE_SKU', 'sku'],
    ]);
    expect((await bySlug(slug)).variants.map(({ name }) => name)).toEqual(['S', 'M']);
  });

  it('takes the variants that it changes in one order, so that orders of several never wait for it in a circle', async () => {
    const product = await createProduct(service.client, {
      variants: ['S', 'M'].map((value) => ({ stock: 3, optionValues: [{ optionName: 'Size', value }] })),
    });
    const [first, second] = product.variants.toSorted((left, right) => (left.id < right.id ? -1 : 1));
    // They stand in the product the other way round.
    await service.db.query('update variants set position = 2 where id = $1', [first?.id]);
    const sent = await send(admin(), 'products', `sku,mrp\n${first?.sku},2000\n${second?.sku},2000\n`);
    const lock = 'select id from variants where id = $1::uuid for no key update nowait';
    const { running } = await service.app.get(Database).sqlTransaction(async (tx) => {
      await tx.query(lock, [first?.id]);
      // In an object, so that the order does not wait for what waits for it.
      const begun = { running: runAll(service) };
      await eventually(async () => (await waitingForLocks(service)) > 0);
      // While it waits for the first it holds no other.
      await tx.query(lock, [second?.id]);
      return begun;
    });
    await running;
    expect(await reportOf(service, sent.body.id)).toMatchObject({ rowsApplied: 2, rowsFailed: 0 });
  });

  it('names products of the same name apart, and fails only the row whose slug somebody takes at this moment', async () => {
    const name = fresh('Same');
    const taken = fresh('taken');
    const csv = `sku,slug,name,basePrice\n${fresh('a')},,${name},1\n${fresh('b')},,${name},1\n${fresh('c')},${taken},${name},1\n`;
    const { ProductRepository } = await import('../src/products/product.repository.js');
    const repository = service.app.get(ProductRepository);
    const insertAll = repository.insertAll.bind(repository);
    // Somebody makes a product of that slug in the gap between the look and the insert.
    repository.insertAll = async (...args) => {
      repository.insertAll = insertAll;
      await createProduct(service.client, { slug: taken });
      return insertAll(...args);
    };
    const report = await importCsv(service, 'products', csv);
    // It is a product of this slug now, and the row's SKU is added to it: without options that is a second default variant.
    expect(report).toMatchObject({ rowsTotal: 3, rowsApplied: 2, rowsFailed: 1 });
    expect(refusals(report)).toEqual([[4, 'DUPLICATE_VARIANT', 'sku']]);
    const base = name.toLowerCase();
    expect([(await bySlug(base)).slug, (await bySlug(`${base}-2`)).slug]).toEqual([base, `${base}-2`]);
  });

  it('two files with the same new products at once make each once', async () => {
    const word = fresh('twice');
    const csv = `sku,slug,name,basePrice\n${Array.from({ length: 50 }, (_, row) => `${word}-${row},${word}-${row},Name ${row},1`).join('\n')}\n`;
    const reports = await Promise.all([importCsv(service, 'products', csv), importCsv(service, 'products', csv)]);
    expect(reports.map(({ rowsFailed }) => rowsFailed)).toEqual([0, 0]);
    expect(reports.map(({ rowsApplied }) => rowsApplied).reduce((sum, count) => sum + count)).toBe(50);
    const rows = await service.db.query('select 1 from products where slug like $1', [`${word}-%`]);
    expect(rows).toHaveLength(50);
  });

  it('takes 10,000 rows in one go', async () => {
    const word = fresh('bulk');
    const row = (index: number) => `${word}-${index},,${word} ${index},10.50,${index % 2 === 0 ? 'a|b' : ''}`;
    const csv = `sku,slug,name,basePrice,tags\n${Array.from({ length: 10_000 }, (_, index) => row(index)).join('\n')}\n`;
    expect(await importCsv(service, 'products', csv)).toMatchObject({ rowsApplied: 10_000, rowsFailed: 0 });
    expect(await importCsv(service, 'products', csv)).toMatchObject({ rowsUnchanged: 10_000, rowsFailed: 0 });
  }, 180_000);
});
