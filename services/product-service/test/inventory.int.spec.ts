import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import {
  ADMIN,
  adminOf,
  requireBooksInOrder,
  createProduct,
  createStocked,
  eventsOf,
  reserve,
  startProductService,
  stockOf,
  type Problem,
  type ProductService,
} from './product-fixture.js';

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());
afterEach(() => requireBooksInOrder(service));

const admin = () => service.client.as(ADMIN);
const adjust = (body: object, headers: Record<string, string> = {}) =>
  admin().post<Problem & Record<string, unknown>>('/inventory/adjustments', { reason: 'count', ...body }, headers);

describe('adjusting stock', () => {
  it('adds, takes away and sets, each with a movement and a line for the audit log', async () => {
    const { product, variantId } = await createStocked(service.client, 10);
    expect((await adjust({ variantId, delta: 5, note: 'pallet 7' })).body).toMatchObject({
      productId: product.id,
      delta: 5,
      stock: 15,
      available: 15,
    });
    expect((await adjust({ variantId, delta: -3 })).body).toMatchObject({ stock: 12 });
    expect(await adjust({ variantId, setTo: 7 })).toMatchObject({ status: 201, body: { delta: -5, stock: 7 } });
    expect((await adjust({ variantId, setTo: 7 })).body).toMatchObject({ delta: 0, stock: 7 });
    const movements = await admin().get<{ data: Record<string, unknown>[]; total: number }>(
      `/inventory/movements?variantId=${variantId}`,
    );
    expect(
      movements.body.data.map(({ kind, delta, stockAfter, reason, note }) => [kind, delta, stockAfter, reason, note]),
    ).toEqual([
      ['ADJUSTMENT', -5, 7, 'count', null],
      ['ADJUSTMENT', -3, 12, 'count', null],
      ['ADJUSTMENT', 5, 15, 'count', 'pallet 7'],
      ['INITIAL', 10, 10, null, null],
    ]);
    expect(await eventsOf(service, 'ADMIN_ACTION_RECORDED', variantId)).toHaveLength(3);
  });

  it('never goes below what is reserved', async () => {
    const { variantId } = await createStocked(service.client, 10);
    await reserve(service.client, newId(), [{ variantId, quantity: 4 }]);
    expect(await adjust({ variantId, setTo: 3 })).toMatchObject({
      status: 409,
      body: { code: 'STOCK_BELOW_RESERVED', details: { stock: 10, reserved: 4, wanted: 3 } },
    });
    expect((await adjust({ variantId, delta: -11 })).status).toBe(409);
    expect((await adjust({ variantId, delta: -6 })).body).toMatchObject({ stock: 4, available: 0 });
  });

  it('is done once for the same Idempotency-Key', async () => {
    const { variantId } = await createStocked(service.client, 10);
    const headers = { 'Idempotency-Key': newId() };
    const answers = [await adjust({ variantId, delta: 5 }, headers), await adjust({ variantId, delta: 5 }, headers)];
    expect(answers.map(({ body }) => body['stock'])).toEqual([15, 15]);
    expect((await adjust({ variantId, delta: 6 }, headers)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('loses none of many at once, with reservations between them', async () => {
    const { variantId } = await createStocked(service.client, 50);
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        index % 2 === 0
          ? adjust({ variantId, delta: index % 4 === 0 ? 2 : -1 })
          : reserve(service.client, newId(), [{ variantId, quantity: 1 }]),
      ),
    );
    expect(await stockOf(service, variantId)).toEqual({ stock: 50 + 8 * 2 - 7, reserved: 15 });
  });

  it.each([
    ['both delta and setTo', { delta: 1, setTo: 1 }],
    ['neither', {}],
    ['no reason', { delta: 1, reason: '' }],
    ['a fraction', { delta: 0.5 }],
    ['no change', { delta: 0 }],
    ['setting below zero', { setTo: -1 }],
  ])('refuses %s', async (_, body) => {
    const { variantId } = await createStocked(service.client, 1);
    expect((await adjust({ variantId, ...body })).status).toBe(400);
  });

  it('is for administrators of the business', async () => {
    const { variantId } = await createStocked(service.client, 1);
    const body = { variantId, delta: 1, reason: 'x' };
    expect(
      (await service.client.as({ userId: newId(), roles: ['RESELLER'] }).post('/inventory/adjustments', body)).status,
    ).toBe(403);
    expect((await service.client.as(adminOf(newId())).post('/inventory/adjustments', body)).status).toBe(404);
  });
});

describe('looking at stock', () => {
  it('says whether a quantity is available', async () => {
    const { product, variantId } = await createStocked(service.client, 50);
    await reserve(service.client, newId(), [{ variantId, quantity: 5 }]);
    const check = (query: string) =>
      service.client.anonymous().get<Problem>(`/products/${product.id}/stock/check?${query}`);
    expect((await check(`variantId=${variantId}`)).body).toEqual({
      productId: product.id,
      variantId,
      productName: product.name,
      variantDetails: null,
      quantity: 1,
      stockQuantity: 50,
      reservedStock: 5,
      availableStock: 45,
      inStock: true,
    });
    expect((await check('quantity=46')).body).toMatchObject({ variantId, inStock: false });
    expect((await check(`variantId=${newId()}`)).status).toBe(404);
    expect((await check('quantity=0')).status).toBe(400);
    expect((await service.client.anonymous().get(`/stock/variants/${variantId}`)).body).toMatchObject({
      stock: 50,
      reserved: 5,
      available: 45,
      inStock: true,
    });
  });

  it('tells the totals and every variant where there are several and none is named', async () => {
    const sizes = [
      { stock: 3, optionValues: [{ optionName: 'Size', value: 'S' }] },
      { stock: 5, optionValues: [{ optionName: 'Size', value: 'M' }] },
    ];
    const { id, variants } = await createProduct(service.client, { variants: sizes });
    await reserve(service.client, newId(), [{ variantId: variants[1]?.id ?? '', quantity: 2 }]);
    const check = (query = '') =>
      service.client.anonymous().get<Record<string, unknown>>(`/products/${id}/stock/check${query}`);
    expect((await check()).body).toMatchObject({
      productId: id,
      variantId: null,
      stockQuantity: 8,
      reservedStock: 2,
      availableStock: 6,
      inStock: true,
      variants: [
        { variantDetails: 'S', stockQuantity: 3, availableStock: 3, inStock: true },
        { variantDetails: 'M', stockQuantity: 5, reservedStock: 2, availableStock: 3, inStock: true },
      ],
    });
    // Six are there, but nobody can order four of one variant.
    expect((await check('?quantity=4')).body).toMatchObject({ availableStock: 6, inStock: false });
    const named = await check(`?variantId=${variants[1]?.id}`);
    expect(named.body).toMatchObject({ variantId: variants[1]?.id, variantDetails: 'M', availableStock: 3 });
    expect(named.body).not.toHaveProperty('variants');
  });

  it('lists what is low for administrators, narrowed and sorted', async () => {
    const low = await createStocked(service.client, 2, { lowStockThreshold: 3, name: `Low ${newId()}` });
    const fine = await createStocked(service.client, 4, { lowStockThreshold: 3 });
    const list = (query: string) =>
      admin().get<{ data: { variantId: string; isLow: boolean }[]; total: number }>(`/inventory?take=100&${query}`);
    const ids = (await list('lowStock=true')).body.data.map(({ variantId }) => variantId);
    expect(ids).toContain(low.variantId);
    expect(ids).not.toContain(fine.variantId);
    expect((await list(`q=${encodeURIComponent(low.product.name)}`)).body.data).toMatchObject([
      { variantId: low.variantId, isLow: true, available: 2 },
    ]);
    expect((await list('q=%25')).body.total).toBe(0);
    expect((await list(`productId=${fine.product.id}&sort=-available`)).body.total).toBe(1);
    expect((await service.client.as(adminOf(newId())).get<{ total: number }>('/inventory')).body.total).toBe(0);
    expect((await service.client.anonymous().get('/inventory')).status).toBe(401);
  });
});

it('the database refuses to change or delete a movement', async () => {
  await createStocked(service.client, 3);
  await expect(service.db.query('update stock_movements set delta = 1')).rejects.toThrow('append only');
  await expect(service.db.query('delete from stock_movements')).rejects.toThrow('append only');
});

describe('an administrator who was dismissed', () => {
  it('changes neither stock nor products nor categories, although the token is still good', async () => {
    const { product, variantId } = await createStocked(service.client, 10);
    const dismissed = adminOf(product.businessId);
    service.auth.dismissed.add(dismissed.userId);
    const person = service.client.as(dismissed);
    const category = `/categories/${newId()}`;
    for (const answer of [
      await person.post('/inventory/adjustments', { variantId, delta: 5, reason: 'count' }),
      await person.post('/products', { name: 'Mine', basePrice: 1 }),
      await person.patch(`/products/${product.id}`, { basePrice: 1 }),
      await person.delete(`/products/${product.id}`),
      await person.post('/categories', { name: 'Mine' }),
      await person.patch(category, { name: 'Mine' }),
      await person.delete(category),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
    expect((await service.client.as(ADMIN).get(`/products/${product.id}`)).body).toMatchObject({ basePrice: 1000 });
  });
});
