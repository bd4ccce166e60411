import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { newId } from '@reseller/runtime';
import { importCsv } from './import-fixture.js';
import {
  ADMIN,
  adminOf,
  createProduct,
  createStocked,
  reserve,
  startProductService,
  type Problem,
  type ProductService,
} from './product-fixture.js';

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());

const download = (path: string) => service.client.as(ADMIN).get<string>(path);
const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { columns: true });
const rowOf = async (path: string, sku: string) =>
  rowsOf((await download(path)).body).find((row) => row['sku'] === sku);

describe('the file of stock', () => {
  it('has every variant of the business, and comes back unchanged', async () => {
    const { product, variantId } = await createStocked(service.client, 10, { lowStockThreshold: 2 });
    await reserve(service.client, newId(), [{ variantId, quantity: 3 }]);
    const { status, headers, body } = await download('/inventory/export.csv');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(headers.get('content-disposition')).toContain('inventory.csv');
    expect(headers.get('cache-control')).toContain('no-store');
    expect(body.split('\r\n')[0]).toBe(
      'sku,productName,variantName,stock,stockWas,stockVersion,reserved,available,lowStockThreshold',
    );
    expect(rowsOf(body).find((row) => row['sku'] === product.variants[0]?.sku)).toEqual({
      sku: product.variants[0]?.sku,
      productName: product.name,
      variantName: '',
      stock: '10',
      stockWas: '10',
      stockVersion: expect.stringMatching(/^[1-9]\d*$/),
      reserved: '3',
      available: '7',
      lowStockThreshold: '2',
    });
    expect(await importCsv(service, 'inventory', body)).toMatchObject({ rowsApplied: 0, rowsFailed: 0 });
  });

  it('is read page by page, and tears nothing apart', async () => {
    const word = newId().slice(-12);
    const csv = Array.from({ length: 1_203 }, (_, index) => `${word}-${index},${word} ${index},1`).join('\n');
    await importCsv(service, 'products', `sku,name,basePrice\n${csv}\n`);
    for (const path of ['/inventory/export.csv', '/products/export.csv']) {
      const skus = rowsOf((await download(path)).body).flatMap(({ sku = '' }) => (sku.startsWith(word) ? sku : []));
      expect(skus).toHaveLength(1_203);
      expect(new Set(skus).size).toBe(1_203);
    }
  });
});

describe('the file of products', () => {
  it('comes back unchanged, whatever is in it', async () => {
    const product = await createProduct(service.client, {
      name: 'Kurta, "fine" – लाल',
      description: 'one\n\ntwo; three',
      basePrice: 999.5,
      hsn: '6109',
      taxRatePercent: 2.5,
      tags: ['summer', 'cotton'],
      variants: ['S', 'M'].map((value) => ({
        price: 1000.01,
        mrp: 1200,
        weight: 250,
        imageUrl: 'https://example.com/a.jpg?b=c,d',
        optionValues: [
          { optionName: 'Color', value: 'Red' },
          { optionName: 'Size', value },
        ],
      })),
    });
    const { body } = await download('/products/export.csv');
    expect(rowsOf(body).find((row) => row['sku'] === product.variants[1]?.sku)).toMatchObject({
      slug: product.slug,
      name: 'Kurta, "fine" – लाल',
      basePrice: '999.5',
      taxRatePercent: '2.5',
      tags: 'summer|cotton',
      options: 'Color=Red; Size=M',
      price: '1000.01',
      isActive: 'true',
    });
    expect(await importCsv(service, 'products', body)).toMatchObject({ rowsApplied: 0, rowsFailed: 0 });
    expect((await service.client.as(ADMIN).get<{ version: number }>(`/products/${product.id}`)).body.version).toBe(1);
  });

  it.each([
    ['a tag', { tags: ['summer|cotton'] }, 'must not contain |'],
    [
      'an option’s name',
      { variants: [{ optionValues: [{ optionName: 'A;B', value: 'x' }] }] },
      'must not contain ; or =',
    ],
    [
      'an option’s name',
      { variants: [{ optionValues: [{ optionName: 'A=B', value: 'x' }] }] },
      'must not contain ; or =',
    ],
    ['an option’s value', { variants: [{ optionValues: [{ optionName: 'A', value: 'x;y' }] }] }, 'must not contain ;'],
  ])('has no way to say %s with the mark that joins several: %j is refused, and says why', async (_, parts, why) => {
    const { id } = await createProduct(service.client);
    const body = { name: 'Name', basePrice: 1, ...parts };
    for (const answer of [
      await service.client.as(ADMIN).post<Problem>('/products', body),
      await service.client.as(ADMIN).patch<Problem>(`/products/${id}`, parts),
    ])
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ message: expect.stringContaining(why) }] } });
  });

  it('keeps an equals sign in an option’s value', async () => {
    const { variants } = await createProduct(service.client, {
      variants: [{ optionValues: [{ optionName: 'Ratio', value: '=1=2' }] }],
    });
    expect(await rowOf('/products/export.csv', variants[0]?.sku ?? '')).toMatchObject({ options: 'Ratio==1=2' });
    expect(await importCsv(service, 'products', (await download('/products/export.csv')).body)).toMatchObject({
      rowsApplied: 0,
      rowsFailed: 0,
    });
  });

  it.each(['=HYPERLINK("http://evil")', '+1', '-1+1', '@SUM(A1)', '＝1'])(
    'gives a spreadsheet no formula to run: %s',
    async (name) => {
      const { variants } = await createProduct(service.client, { name });
      expect(await rowOf('/products/export.csv', variants[0]?.sku ?? '')).toMatchObject({ name: `'${name}` });
      expect(await rowOf('/inventory/export.csv', variants[0]?.sku ?? '')).toMatchObject({ productName: `'${name}` });
      // And takes its own apostrophe off again.
      expect(await importCsv(service, 'products', (await download('/products/export.csv')).body)).toMatchObject({
        rowsApplied: 0,
        rowsFailed: 0,
      });
    },
  );
});

describe('files', () => {
  it('are of one business and for its administrators', async () => {
    const { product } = await createStocked(service.client, 1);
    const sku = product.variants[0]?.sku ?? '';
    const stranger = service.client.as(adminOf(newId()));
    for (const path of ['/inventory/export.csv', '/products/export.csv']) {
      expect((await service.client.anonymous().get(path)).status).toBe(401);
      expect((await service.client.as({ userId: newId(), roles: ['CUSTOMER'] }).get(path)).status).toBe(403);
      expect((await stranger.get<string>(path)).body).not.toContain(sku);
      expect((await stranger.get(`${path}?businessId=${product.businessId}`)).status).toBe(403);
      expect((await download(`${path}?businessId=${newId()}`)).body).not.toContain(sku);
    }
  });
});
