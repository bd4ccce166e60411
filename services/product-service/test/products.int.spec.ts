import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID, type ProductFact } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import type { ProductView } from '../src/products/products.schemas.js';
import {
  ADMIN,
  adminOf,
  createProduct,
  createStocked,
  eventsOf,
  startProductService,
  T_SHIRT,
  type Problem,
  type ProductService,
} from './product-fixture.js';

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
const option = (optionName: string, value: string) => ({ optionName, value });

describe('creating a product', () => {
  it('takes the body that 001 prints and answers the whole product', async () => {
    const answer = await admin().post<ProductView>('/products', T_SHIRT);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: 'Product Name',
      slug: 'product-name',
      description: 'Description',
      basePrice: 1000,
      isActive: true,
      category: null,
      inStock: true,
      version: 1,
      businessId: DEFAULT_BUSINESS_ID,
      variants: [
        {
          name: 'Red / L',
          price: 1000,
          stock: 100,
          available: 100,
          inStock: true,
          isDefault: false,
          optionValues: [option('Color', 'Red'), option('Size', 'L')],
        },
      ],
      images: [{ url: 'https://example.com/image.jpg', isPrimary: true, alt: null }],
    });
  });

  it('tells the others with PRODUCT_CREATED and the audit log', async () => {
    const product = await createProduct(service.client, { ...T_SHIRT, hsn: '6109', taxRatePercent: 5 });
    const [created] = await eventsOf<ProductFact>(service, 'PRODUCT_CREATED', product.id);
    expect(created).toMatchObject({
      aggregateVersion: 1,
      data: {
        productId: product.id,
        basePricePaise: 100_000,
        taxRateBps: 500,
        hsn: '6109',
        categoryPath: [],
        imageUrl: 'https://example.com/image.jpg',
      },
    });
    expect(created?.data.variants).toEqual([
      {
        variantId: product.variants[0]?.id,
        sku: product.variants[0]?.sku,
        name: 'Red / L',
        pricePaise: 100_000,
        mrpPaise: null,
        imageUrl: null,
        isActive: true,
        isDefault: false,
      },
    ]);
    expect(await eventsOf(service, 'ADMIN_ACTION_RECORDED', product.id)).toHaveLength(1);
  });

  it('gives a product without variants a default one, with its opening stock as a movement', async () => {
    const { product, variantId } = await createStocked(service.client, 7, { basePrice: 250.5 });
    expect(product.variants).toMatchObject([{ name: null, isDefault: true, price: 250.5, stock: 7 }]);
    const movements = await service.db.query(
      'select kind, delta, stock_after from stock_movements where variant_id = $1',
      [variantId],
    );
    expect(movements).toEqual([{ kind: 'INITIAL', delta: 7, stock_after: 7 }]);
  });

  it('numbers slugs that come from the same name, also for parallel requests', async () => {
    const name = `Same Name ${newId()}`;
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => admin().post<ProductView>('/products', { name, basePrice: 1 })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const slugs = answers.map(({ body }) => body.slug).sort();
    expect(new Set(slugs).size).toBe(4);
    expect(slugs[3]).toBe(`${slugs[0]}-4`);
  });

  it('refuses a slug chosen by hand that is taken', async () => {
    const { slug } = await createProduct(service.client);
    const answer = await admin().post<Problem>('/products', { name: 'Other', basePrice: 1, slug });
    expect([answer.status, answer.body.code]).toEqual([409, 'SLUG_TAKEN']);
  });

  it('refuses a SKU that another product has, whatever its case', async () => {
    const sku = `SKU-${newId()}`;
    await createProduct(service.client, { variants: [{ sku }] });
    const answer = await admin().post<Problem>('/products', {
      name: 'Other',
      basePrice: 1,
      variants: [{ sku: sku.toLowerCase() }],
    });
    expect([answer.status, answer.body.code]).toEqual([409, 'SKU_TAKEN']);
  });

  it('keeps letters of other scripts in slugs, and finds them again', async () => {
    const { slug } = await createProduct(service.client, { name: 'लाल साड़ी रेशम' });
    expect(slug).toBe('लाल-साड़ी-रेशम'.normalize('NFC'));
    expect((await anyone().get(`/products/slug/${encodeURIComponent(slug)}`)).status).toBe(200);
  });

  it.each([
    [
      'the same combination twice',
      [{ optionValues: [option('Color', 'Red')] }, { optionValues: [option('color', 'RED')] }],
      'DUPLICATE_VARIANT',
    ],
    ['two variants without options', [{}, {}], 'DUPLICATE_VARIANT'],
    [
      'variants with different options',
      [{ optionValues: [option('Color', 'Red')] }, { optionValues: [option('Size', 'L')] }],
      'VARIANT_OPTIONS_DIFFER',
    ],
  ])('refuses %s', async (_, variants, code) => {
    const answer = await admin().post<Problem>('/products', { name: 'Bad', basePrice: 1, variants });
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  it.each([
    ['a third decimal', { basePrice: 1.005 }, 'basePrice'],
    ['a negative price', { basePrice: -1 }, 'basePrice'],
    ['stock beside variants', { stock: 7, variants: [{ stock: 5 }] }, 'stock'],
    ['a script as an image', { images: [{ url: 'javascript:alert(1)' }] }, 'images.0.url'],
    [
      'a fourth option',
      { variants: [{ optionValues: ['a', 'b', 'c', 'd'].map((name) => option(name, 'x')) }] },
      'variants.0.optionValues',
    ],
    [
      '101 variants',
      { variants: Array.from({ length: 101 }, (_, index) => ({ optionValues: [option('No', `${index}`)] })) },
      'variants',
    ],
    ['21 images', { images: Array.from({ length: 21 }, () => ({ url: 'https://example.com/a.jpg' })) }, 'images'],
    ['a name of spaces', { name: '   ' }, 'name'],
    ['fractional stock', { stock: 1.5 }, 'stock'],
  ])('refuses %s as a bad request that names the field', async (_, wrong, path) => {
    const answer = await admin().post<Problem>('/products', { name: 'Bad', basePrice: 1, ...wrong });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.path)).toContain(path);
  });

  it('refuses fields that it does not know, also inside', async () => {
    const answer = await admin().post<Problem>('/products', { name: 'Bad', basePrice: 1, variants: [{ reserved: 5 }] });
    expect(answer.status).toBe(400);
  });

  it('is for administrators', async () => {
    expect((await anyone().post('/products', T_SHIRT)).status).toBe(401);
    expect((await service.client.as({ userId: newId() }).post('/products', T_SHIRT)).status).toBe(403);
    expect((await service.client.post('/products', T_SHIRT)).status).toBe(401);
  });

  it('answers the same product again for the same Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': newId() };
    const body = { name: 'Once', basePrice: 5 };
    const first = await admin().post<ProductView>('/products', body, headers);
    const second = await admin().post<ProductView>('/products', body, headers);
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('changing a product', () => {
  it('changes what is named, raises the version and tells the others', async () => {
    const product = await createProduct(service.client, T_SHIRT);
    const [variant] = product.variants;
    const answer = await admin().patch<ProductView>(`/products/${product.id}`, {
      basePrice: 1200,
      description: null,
      variants: [
        { id: variant?.id, price: 1300, mrp: 1999.99 },
        { price: 900, stock: 4, optionValues: [option('Color', 'Blue'), option('Size', 'L')] },
      ],
      images: [],
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      name: 'Product Name',
      slug: product.slug,
      description: null,
      basePrice: 1200,
      version: 2,
      images: [],
      variants: [
        { id: variant?.id, price: 1300, mrp: 1999.99, stock: 100 },
        { name: 'Blue / L', price: 900, stock: 4 },
      ],
    });
    const [updated] = await eventsOf<ProductFact>(service, 'PRODUCT_UPDATED', product.id);
    expect(updated).toMatchObject({ aggregateVersion: 2, data: { basePricePaise: 120_000, imageUrl: null } });
    expect(await anyone().get<ProductView>(`/products/${product.id}`)).toMatchObject({ body: { version: 2 } });
  });

  it('refuses a change to another version than If-Match names', async () => {
    const { id } = await createProduct(service.client);
    const etag = (await anyone().get(`/products/${id}`)).headers.get('etag') ?? '';
    expect((await admin().patch(`/products/${id}`, { name: 'One' }, { 'If-Match': etag })).status).toBe(200);
    expect((await admin().patch<Problem>(`/products/${id}`, { name: 'Two' }, { 'If-Match': etag })).body).toMatchObject(
      { status: 412, code: 'VERSION_MISMATCH' },
    );
    expect((await admin().patch(`/products/${id}`, { name: 'Two' }, { 'If-Match': '"2"' })).status).toBe(200);
    expect((await admin().patch(`/products/${id}`, { name: 'Two' }, { 'If-Match': 'nonsense' })).status).toBe(412);
  });

  it('lets the default variant follow the base price, and retires it when variants with options come', async () => {
    const { product, variantId } = await createStocked(service.client, 3);
    const priced = await admin().patch<ProductView>(`/products/${product.id}`, { basePrice: 77 });
    expect(priced.body.variants).toMatchObject([{ id: variantId, price: 77 }]);
    const grown = await admin().patch<ProductView>(`/products/${product.id}`, {
      variants: [{ optionValues: [option('Size', 'S')], stock: 1 }],
    });
    expect(grown.body.variants.map(({ isActive }) => isActive)).toEqual([false, true]);
    expect((await anyone().get<ProductView>(`/products/${product.id}`)).body.variants).toHaveLength(1);
  });

  it('refuses a slug or SKU that another product has', async () => {
    const taken = await createProduct(service.client, { variants: [{ sku: `TAKEN-${newId()}` }] });
    const product = await createProduct(service.client);
    const patch = (body: object) => admin().patch<Problem>(`/products/${product.id}`, body);
    expect((await patch({ slug: taken.slug })).body).toMatchObject({ status: 409, code: 'SLUG_TAKEN' });
    const variant = { id: product.variants[0]?.id, sku: taken.variants[0]?.sku };
    expect((await patch({ variants: [variant] })).body).toMatchObject({ status: 409, code: 'SKU_TAKEN' });
  });

  it('refuses to set the stock of an existing variant, an unknown variant, and to leave none active', async () => {
    const { product, variantId } = await createStocked(service.client, 3);
    const patch = (variant: object) => admin().patch<Problem>(`/products/${product.id}`, { variants: [variant] });
    expect((await patch({ id: variantId, stock: 5 })).status).toBe(400);
    expect((await patch({ id: newId(), price: 5 })).body.code).toBe('VARIANT_UNKNOWN');
    expect((await patch({ id: variantId, isActive: false })).body.code).toBe('NO_ACTIVE_VARIANT');
  });

  it('loses no update of parallel changes', async () => {
    const { id } = await createProduct(service.client);
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) => admin().patch<ProductView>(`/products/${id}`, { name: `Name ${index}` })),
    );
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4, 5, 6]);
  });
});

describe('deleting a product', () => {
  it('takes it out of the catalogue, frees its slug and SKU, and tells the others', async () => {
    const sku = `GONE-${newId()}`;
    const product = await createProduct(service.client, { variants: [{ sku }] });
    expect((await admin().delete(`/products/${product.id}`)).status).toBe(204);
    expect((await anyone().get(`/products/${product.id}`)).status).toBe(404);
    expect((await admin().delete(`/products/${product.id}`)).status).toBe(404);
    expect(await eventsOf(service, 'PRODUCT_DELETED', product.id)).toMatchObject([
      { aggregateVersion: 2, data: { productId: product.id } },
    ]);
    const again = await createProduct(service.client, { slug: product.slug, variants: [{ sku }] });
    expect(again.slug).toBe(product.slug);
  });
});

describe('an administrator of one business', () => {
  it('manages the products of that business alone', async () => {
    const businessId = newId();
    await service.db.query('insert into businesses (id, name, is_active, version) values ($1, $2, true, 1)', [
      businessId,
      'Theirs',
    ]);
    const theirs = service.client.as(adminOf(businessId));
    const foreign = await createProduct(service.client);
    const own = await theirs.post<ProductView>('/products', { name: 'Own', basePrice: 1 });
    expect(own.body.businessId).toBe(businessId);
    expect((await theirs.patch(`/products/${foreign.id}`, { name: 'Mine now' })).status).toBe(404);
    expect((await theirs.delete(`/products/${foreign.id}`)).status).toBe(404);
    expect((await theirs.get(`/products/${foreign.id}`)).status).toBe(404);
    expect((await theirs.get<Page>('/products')).body.data.map(({ id }) => id)).toEqual([own.body.id]);
    expect((await theirs.post('/products', { name: 'X', basePrice: 1, businessId: DEFAULT_BUSINESS_ID })).status).toBe(
      403,
    );
    expect((await admin().post<Problem>('/products', { name: 'X', basePrice: 1, businessId: newId() })).body.code).toBe(
      'BUSINESS_UNKNOWN',
    );
  });
});
