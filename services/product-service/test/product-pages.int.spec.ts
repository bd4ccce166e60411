import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID, type ProductFact } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import type { ProductView } from '../src/products/products.schemas.js';
import { ADMIN, createProduct, startProductService, type Problem, type ProductService } from './product-fixture.js';

interface Page {
  readonly data: readonly ProductView[];
  readonly total: number;
  readonly skip: number;
  readonly take: number;
}

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());

const admin = () => service.client.as(ADMIN);
const anyone = () => service.client.anonymous();

describe('listing products', () => {
  it('answers a page in 001’s shape', async () => {
    await createProduct(service.client);
    const answer = await anyone().get<Page>('/products?skip=0&take=10&isActive=true');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ skip: 0, take: 10 });
    expect(answer.body.total).toBeGreaterThanOrEqual(answer.body.data.length);
    expect(Object.keys(answer.body.data[0] ?? {})).toEqual(
      expect.arrayContaining([
        'id',
        'name',
        'slug',
        'description',
        'basePrice',
        'isActive',
        'category',
        'variants',
        'images',
      ]),
    );
  });

  it('finds by words of name, description and SKU, as prefixes, best match first', async () => {
    const word = `zq${newId().replaceAll('-', '').slice(-10)}`;
    const inText = await createProduct(service.client, { name: 'Something else', description: `like a ${word}` });
    const inName = await createProduct(service.client, { name: `Blue ${word} shirt` });
    const inSku = await createProduct(service.client, { name: 'Third', variants: [{ sku: `AB-${word}-77` }] });
    const found = async (q: string) =>
      (await anyone().get<Page>(`/products?q=${encodeURIComponent(q)}`)).body.data.map(({ id }) => id);
    expect(await found(word)).toEqual([inName.id, inSku.id, inText.id]);
    expect(await found(`${word.slice(0, 8)} BLU`)).toEqual([inName.id]);
    expect(await found(`${word}-77`)).toEqual([inSku.id]);
    expect(await found("'; drop table products; --")).toEqual([]);
    expect(await found('???')).toEqual([]);
  });

  it('filters by price, stock, tag and business, and sorts', async () => {
    const tag = `tag${newId().slice(-12)}`;
    const cheap = await createProduct(service.client, { name: 'B cheap', basePrice: 10, tags: [tag], stock: 5 });
    const dear = await createProduct(service.client, {
      name: 'A dear',
      basePrice: 99.99,
      tags: [tag.toUpperCase()],
      stock: 0,
    });
    const ids = async (query: string) =>
      (await anyone().get<Page>(`/products?tag=${tag}&${query}`)).body.data.map(({ id }) => id);
    expect(await ids('sort=basePrice')).toEqual([cheap.id, dear.id]);
    expect(await ids('sort=-basePrice')).toEqual([dear.id, cheap.id]);
    expect(await ids('sort=name')).toEqual([dear.id, cheap.id]);
    expect(await ids('maxPrice=10')).toEqual([cheap.id]);
    expect(await ids('minPrice=10.01&maxPrice=99.99')).toEqual([dear.id]);
    expect(await ids('inStock=true')).toEqual([cheap.id]);
    expect(await ids('inStock=false')).toEqual([dear.id]);
    expect(await ids(`businessId=${DEFAULT_BUSINESS_ID}&page=2&limit=1&sort=name`)).toEqual([cheap.id]);
    expect(await ids(`businessId=${newId()}`)).toEqual([]);
  });

  it('hides inactive products from everybody but administrators', async () => {
    const tag = `hid${newId().slice(-12)}`;
    const hidden = await createProduct(service.client, { tags: [tag], isActive: false });
    expect((await anyone().get<Page>(`/products?tag=${tag}`)).body.total).toBe(0);
    expect((await anyone().get(`/products?tag=${tag}&isActive=false`)).status).toBe(403);
    expect((await anyone().get(`/products/${hidden.id}`)).status).toBe(404);
    expect((await anyone().get(`/products/slug/${hidden.slug}`)).status).toBe(404);
    expect((await admin().get<Page>(`/products?tag=${tag}&isActive=false`)).body.total).toBe(1);
    expect((await admin().get(`/products/${hidden.id}`)).status).toBe(200);
  });

  it.each([
    'take=101',
    'take=0',
    'skip=-1',
    'categoryId=1',
    'isActive=maybe',
    'sort=price',
    'minPrice=-1',
    'maxPrice=1.234',
  ])('refuses ?%s as a bad request', async (query) => {
    expect((await anyone().get(`/products?${query}`)).status).toBe(400);
  });
});

describe('reading one product', () => {
  it('answers 304 to a client that has it, and the new one after a change', async () => {
    const { id, slug } = await createProduct(service.client);
    const first = await anyone().get<ProductView>(`/products/slug/${slug}`);
    const etag = first.headers.get('etag') ?? '';
    expect((await anyone().get(`/products/slug/${slug}`, { 'If-None-Match': `W/${etag}` })).status).toBe(304);
    await admin().patch(`/products/${id}`, { name: 'New name' });
    const second = await anyone().get<ProductView>(`/products/slug/${slug}`, { 'If-None-Match': etag });
    expect([second.status, second.body.name]).toEqual([200, 'New name']);
  });

  it('answers 400 for a malformed id and 404 for an unknown one', async () => {
    expect((await anyone().get('/products/1')).status).toBe(400);
    expect((await anyone().get<Problem>(`/products/${newId()}`)).body.code).toBe('PRODUCT_NOT_FOUND');
  });

  it('gives services what PRODUCT_UPDATED carries, with the version', async () => {
    const { id } = await createProduct(service.client, { isActive: false });
    const answer = await service.client
      .asService('pricing')
      .get<ProductFact & { version: number }>(`/internal/products/${id}`);
    expect(answer.body).toMatchObject({ productId: id, version: 1, isActive: false, basePricePaise: 100_000 });
    expect((await service.client.asService('pricing').get(`/internal/products/${newId()}`)).status).toBe(404);
    expect((await admin().get(`/internal/products/${id}`)).status).toBe(401);
  });

  it('tells order how much there is in a business’s catalogue, without what was deleted', async () => {
    const counts = async (query = '') =>
      (
        await service.client
          .asService('order')
          .get<{ products: number; categories: number }>(`/internal/catalogue/counts${query}`)
      ).body;
    const before = await counts();
    const ofBusiness = await counts(`?businessId=${DEFAULT_BUSINESS_ID}`);
    const { id } = await createProduct(service.client, { isActive: false });
    await createProduct(service.client);
    await admin().post('/categories', { name: `Category ${newId()}` });
    const grown = ({ products, categories }: typeof before) => ({ products: products + 2, categories: categories + 1 });
    expect(await counts()).toEqual(grown(before));
    expect(await counts(`?businessId=${DEFAULT_BUSINESS_ID}`)).toEqual(grown(ofBusiness));
    expect(await counts(`?businessId=${newId()}`)).toEqual({ products: 0, categories: 0 });
    await admin().delete(`/products/${id}`);
    expect(await counts()).toMatchObject({ products: before.products + 1 });
    expect((await service.client.asService('pricing').get('/internal/catalogue/counts')).status).toBe(403);
  });
});
