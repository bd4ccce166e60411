import { deepEqual } from 'node:assert/strict';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { startE2ePlatform, type Platform } from './support/platform.js';
import { bodyOf, Shop, unique, type List, type Person, type Problem } from './support/shop.js';

let platform: Platform;
let shop: Shop;
let admin: Person;
let customer: Person;
beforeAll(async () => {
  platform = await startE2ePlatform();
  shop = new Shop(platform);
  admin = await shop.admin();
  customer = await shop.register('CUSTOMER');
}, 180_000);
afterAll(() => platform.stop(), 60_000);

interface Report {
  readonly id: string;
  readonly state: string;
  readonly rowsTotal: number;
  readonly rowsDone: number;
  readonly rowsApplied: number;
  readonly rowsFailed: number;
}
interface Reservation {
  readonly reservationId: string;
  readonly status: string;
  readonly quantity: number;
}

const CSV = { 'content-type': 'text/csv' };

async function importCsv(path: string, csv: string): Promise<Report> {
  const { id } = bodyOf(await admin.api.post<Report>(path, csv, CSV), 202);
  return eventually(
    async () => {
      const report = bodyOf(await admin.api.get<Report>(`/inventory/imports/${id}`), 200);
      deepEqual(report.state, 'COMPLETED');
      return report;
    },
    { timeoutMs: 120_000 },
  );
}

const reservationsOf = async (orderId: string): Promise<readonly Reservation[]> =>
  bodyOf(await admin.api.get<List<Reservation>>(`/reservations?orderId=${orderId}`), 200).data;

const reservationsBecome = (orderId: string, expected: readonly Partial<Reservation>[]): Promise<void> =>
  eventually(async () => expect(await reservationsOf(orderId)).toMatchObject(expected), { timeoutMs: 20_000 });

it('a file of 10,000 products, larger than other bodies may be, passes the gateway and can be bought from', async () => {
  const word = unique();
  const description = 'x'.repeat(120);
  const rows = Array.from({ length: 10_000 }, (_, row) => `${word}-${row},Thing ${word} ${row},10.50,${description}`);
  const csv = `sku,name,basePrice,description\n${rows.join('\n')}\n`;
  expect(csv.length).toBeGreaterThan(1_048_576);
  expect(await importCsv('/products/import', csv)).toMatchObject({
    rowsTotal: 10_000,
    rowsApplied: 10_000,
    rowsFailed: 0,
  });
  expect(await importCsv('/inventory/import', `sku,stock\n${word}-0,5\n${word}-1,0\n`)).toMatchObject({
    rowsApplied: 1,
  });
  const file = await admin.api.get<string>('/inventory/export.csv');
  expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  const lines = bodyOf(file, 200).split('\r\n');
  expect(lines.filter((line) => line.startsWith(`${word}-`))).toHaveLength(10_000);
  const columns = lines[0]?.split(',') ?? [];
  const cells = lines.find((line) => line.startsWith(`${word}-0,`))?.split(',') ?? [];
  const exported = Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
  expect(exported).toMatchObject({ stock: '5', stockWas: '5', reserved: '0', available: '5' });

  const found = bodyOf(
    await admin.api.get<List<{ productId: string; variantId: string }>>(`/inventory?q=${word}-0`),
    200,
  );
  const variantId = found.data[0]?.variantId ?? '';
  const items = [
    { variantId, quantity: 5 },
    { variantId, quantity: 6 },
  ];
  const available = await platform.api.post('/inventory/availability', { items });
  expect(bodyOf(available, 200)).toMatchObject({
    data: [{ available: 5, inStock: true }, { inStock: false }],
    unknown: [],
  });
}, 180_000);

it('a reservation can be followed from the order to the sale, and from the cancelled order back', async () => {
  const product = await shop.product(admin, { stock: 10 });
  const paid = await shop.order(customer, { product, quantity: 2 });
  const cancelled = await shop.order(customer, { product, quantity: 3 });
  await reservationsBecome(paid.id, [{ status: 'ACTIVE', quantity: 2 }]);
  expect(bodyOf(await admin.api.get(`/inventory/products/${product.id}`), 200)).toMatchObject({
    stock: 10,
    reserved: 5,
    available: 5,
    liveReservations: 2,
  });
  const tooFew = await admin.api.post<Problem>('/inventory/adjustments', {
    variantId: product.variants[0]?.id,
    setTo: 4,
    reason: 'COUNTED',
  });
  expect(tooFew).toMatchObject({ status: 409, body: { code: 'STOCK_BELOW_RESERVED', details: { reserved: 5 } } });
  const { razorpayOrder } = await shop.openPayment(customer, paid);
  await shop.pay(razorpayOrder);
  bodyOf(await customer.api.post(`/orders/${cancelled.id}/cancel`, { reason: 'changed my mind' }), 200);
  await reservationsBecome(paid.id, [{ status: 'CONVERTED' }]);
  await reservationsBecome(cancelled.id, [{ status: 'RELEASED' }]);
  expect(bodyOf(await admin.api.get(`/inventory/products/${product.id}`), 200)).toMatchObject({
    stock: 8,
    reserved: 0,
  });
});

it('keeps strangers out of the back office of stock', async () => {
  for (const path of [
    '/inventory',
    '/inventory/low-stock',
    '/inventory/export.csv',
    '/products/export.csv',
    '/reservations',
    '/inventory/imports',
  ]) {
    expect([path, (await platform.api.get(path)).status]).toEqual([path, 401]);
    expect([path, (await customer.api.get(path)).status]).toEqual([path, 403]);
  }
  for (const path of ['/inventory/import', '/products/import']) {
    expect([path, (await customer.api.post(path, 'sku,stock\n', CSV)).status]).toEqual([path, 403]);
  }
});
