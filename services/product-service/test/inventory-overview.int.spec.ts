import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { watchStatements } from '@reseller/testing';
import {
  ADMIN,
  adminOf,
  createProduct,
  createStocked,
  eventsOf,
  requireBooksInOrder,
  reserve,
  startProductService,
  stockOf,
  type Problem,
  type ProductService,
} from './product-fixture.js';

const statements = watchStatements();

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());
afterEach(() => requireBooksInOrder(service));

type Body = Problem & Record<string, unknown>;
const admin = () => service.client.as(ADMIN);
const SIZES = ['S', 'M'].map((value) => ({ stock: 5, optionValues: [{ optionName: 'Size', value }] }));

describe('POST /inventory/availability', () => {
  const ask = (items: unknown) =>
    service.client
      .anonymous()
      .post<{ data: Record<string, unknown>[]; unknown: string[] } & Problem>('/inventory/availability', { items });

  it('answers for many at once, in the order asked, and says which it does not know', async () => {
    const one = await createStocked(service.client, 10);
    const sizes = await createProduct(service.client, { variants: SIZES });
    await reserve(service.client, newId(), [{ variantId: one.variantId, quantity: 4 }]);
    const stranger = newId();
    const answer = await ask([
      { variantId: one.variantId, quantity: 6 },
      { variantId: one.variantId, quantity: 7 },
      { productId: sizes.id, quantity: 5 },
      { productId: sizes.id, quantity: 6 },
      { productId: sizes.id, variantId: sizes.variants[0]?.id },
      { productId: sizes.id, variantId: one.variantId },
      { variantId: stranger },
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body.data.map(({ isKnown, available, inStock }) => [isKnown, available, inStock])).toEqual([
      [true, 6, true],
      [true, 6, false],
      [true, 10, true],
      [true, 10, false],
      [true, 5, true],
      [false, 0, false],
      [false, 0, false],
    ]);
    expect(answer.body.data[0]).toMatchObject({ productId: one.product.id, variantId: one.variantId, quantity: 6 });
    expect(answer.body.unknown).toEqual([one.variantId, stranger]);
  });

  it('does not know what is not on sale', async () => {
    const { product, variantId } = await createStocked(service.client, 3);
    await admin().patch(`/products/${product.id}`, { isActive: false });
    expect((await ask([{ variantId }])).body.data).toMatchObject([{ isKnown: false, available: 0, inStock: false }]);
  });

  it('asks the database once, however many are asked for', async () => {
    const { variantId } = await createStocked(service.client, 3);
    const items = Array.from({ length: 100 }, () => ({ variantId }));
    expect(await statements.during(() => ask(items))).toHaveLength(1);
  });

  it.each([
    ['no items', []],
    ['101 items', Array.from({ length: 101 }, () => ({ variantId: newId() }))],
    ['an item that names nothing', [{ quantity: 1 }]],
    ['a quantity of zero', [{ variantId: newId(), quantity: 0 }]],
    ['what is no id', [{ variantId: 'x' }]],
  ])('refuses %s', async (_, items) => {
    expect((await ask(items)).status).toBe(400);
  });
});

describe('GET /inventory/products/:id', () => {
  it('tells everything about one product’s stock', async () => {
    const product = await createProduct(service.client, { variants: SIZES, lowStockThreshold: 3 });
    const [small = '', medium = ''] = product.variants.map(({ id }) => id);
    await reserve(service.client, newId(), [{ variantId: small, quantity: 2 }]);
    await reserve(service.client, newId(), [{ variantId: small, quantity: 1 }]);
    await admin().post('/inventory/adjustments', { variantId: medium, delta: 7, reason: 'received' });
    const { status, body } = await admin().get(`/inventory/products/${product.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      productId: product.id,
      productName: product.name,
      stock: 17,
      reserved: 3,
      available: 14,
      inStock: true,
      lowVariants: 1,
      liveReservations: 2,
      variants: [
        {
          variantId: small,
          stock: 5,
          reserved: 3,
          available: 2,
          lowStockThreshold: 3,
          isLow: true,
          liveReservations: 2,
        },
        { variantId: medium, stock: 12, reserved: 0, available: 12, isLow: false, liveReservations: 0 },
      ],
      movements: [
        { variantId: medium, kind: 'ADJUSTMENT', delta: 7, reason: 'RECEIVED', actor: ADMIN.userId },
        { kind: 'INITIAL' },
        { kind: 'INITIAL' },
      ],
    });
  });

  it('is for administrators of the business', async () => {
    const { id } = await createProduct(service.client);
    expect((await service.client.anonymous().get(`/inventory/products/${id}`)).status).toBe(401);
    const customer = service.client.as({ userId: newId(), roles: ['CUSTOMER'] });
    expect((await customer.get(`/inventory/products/${id}`)).status).toBe(403);
    expect((await service.client.as(adminOf(newId())).get(`/inventory/products/${id}`)).status).toBe(404);
    expect((await admin().get(`/inventory/products/${newId()}`)).status).toBe(404);
  });
});

describe('thresholds', () => {
  const patch = (variantId: string, body: object, headers: Record<string, string> = {}) =>
    admin().patch<Body>(`/inventory/variants/${variantId}`, body, headers);
  const told = async (variantId: string) =>
    (await eventsOf<{ available: number; threshold: number }>(service, 'STOCK_LOW', variantId)).map(
      ({ data: { available, threshold } }) => [available, threshold],
    );

  it('are set per variant, and the low-stock list follows', async () => {
    const { product, variantId } = await createStocked(service.client, 8, { lowStockThreshold: 5 });
    const low = async () =>
      (await admin().get<{ data: Body[] }>(`/inventory/low-stock?productId=${product.id}`)).body.data;
    expect(await low()).toEqual([]);
    expect(await patch(variantId, { lowStockThreshold: 8 })).toMatchObject({
      status: 200,
      body: { variantId, lowStockThreshold: 8, isLow: true, version: 2 },
    });
    expect(await low()).toMatchObject([{ variantId, available: 8, lowStockThreshold: 8 }]);
    expect(await eventsOf(service, 'ADMIN_ACTION_RECORDED', variantId)).toHaveLength(1);
  });

  it('are changed only where they are what the caller has seen: 412 when stale, by header or body', async () => {
    const { variantId } = await createStocked(service.client, 8);
    const read = await admin().get(`/inventory/variants/${variantId}`);
    const etag = read.headers.get('etag') ?? '';
    expect(etag).toBe('"1"');
    // Somebody buys meanwhile: that changes no settings.
    await reserve(service.client, newId(), [{ variantId, quantity: 1 }]);
    const first = await patch(variantId, { lowStockThreshold: 2 }, { 'If-Match': etag });
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"']);
    const stale = [
      await patch(variantId, { lowStockThreshold: 3 }, { 'If-Match': etag }),
      await patch(variantId, { lowStockThreshold: 3, version: 1 }),
      await patch(variantId, { lowStockThreshold: 3, version: 2 }, { 'If-Match': etag }),
      await patch(variantId, { lowStockThreshold: 3 }, { 'If-Match': '"not ours"' }),
    ];
    expect(stale.map(({ status, body }) => [status, body.code])).toEqual(stale.map(() => [412, 'VERSION_MISMATCH']));
    expect((await patch(variantId, { lowStockThreshold: 3, version: 2 })).status).toBe(200);
  });

  it('one of many edits of the same version wins', async () => {
    const { variantId } = await createStocked(service.client, 8);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        patch(variantId, { lowStockThreshold: 10 + index }, { 'If-Match': '"1"' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(7);
  });

  it('STOCK_LOW is told when a threshold is raised past what is available, once', async () => {
    const { variantId } = await createStocked(service.client, 8, { lowStockThreshold: 5 });
    await patch(variantId, { lowStockThreshold: 8 });
    await patch(variantId, { lowStockThreshold: 9 });
    await reserve(service.client, newId(), [{ variantId, quantity: 1 }]);
    expect(await told(variantId)).toEqual([[8, 8]]);
  });

  it('STOCK_LOW is armed again when the threshold falls below what is available', async () => {
    const { variantId } = await createStocked(service.client, 6, { lowStockThreshold: 5 });
    await reserve(service.client, newId(), [{ variantId, quantity: 2 }]);
    await patch(variantId, { lowStockThreshold: 3 });
    await reserve(service.client, newId(), [{ variantId, quantity: 1 }]);
    await reserve(service.client, newId(), [{ variantId, quantity: 1 }]);
    expect(await told(variantId)).toEqual([
      [4, 5],
      [3, 3],
    ]);
  });

  it('a product’s threshold moves the variants that follow it, tells of what became low, and leaves the others', async () => {
    const product = await createProduct(service.client, { variants: SIZES, lowStockThreshold: 2 });
    const [own = '', following = ''] = product.variants.map(({ id }) => id);
    await patch(own, { lowStockThreshold: 1 });
    await admin().patch(`/products/${product.id}`, { lowStockThreshold: 6 });
    const { body } = await admin().get<{ variants: Body[] }>(`/inventory/products/${product.id}`);
    expect(body.variants).toMatchObject([
      { variantId: own, lowStockThreshold: 1, isLow: false },
      { variantId: following, lowStockThreshold: 6, isLow: true },
    ]);
    expect([await told(own), await told(following)]).toEqual([[], [[5, 6]]]);
  });

  it('are for administrators of the business, asked just now', async () => {
    const { product, variantId } = await createStocked(service.client, 8);
    const path = `/inventory/variants/${variantId}`;
    const stranger = service.client.as(adminOf(newId()));
    expect((await stranger.get(path)).status).toBe(404);
    expect((await stranger.patch(path, { lowStockThreshold: 1 })).status).toBe(404);
    expect((await service.client.anonymous().patch(path, { lowStockThreshold: 1 })).status).toBe(401);
    const dismissed = adminOf(product.businessId);
    service.auth.dismissed.add(dismissed.userId);
    expect((await service.client.as(dismissed).patch(path, { lowStockThreshold: 1 })).status).toBe(403);
    expect((await stranger.get<{ total: number }>('/inventory/low-stock')).body.total).toBe(0);
  });

  it.each([{}, { lowStockThreshold: -1 }, { lowStockThreshold: 1.5 }, { lowStockThreshold: 1, stock: 5 }])(
    'refuse %j',
    async (body) => {
      const { variantId } = await createStocked(service.client, 8);
      expect((await patch(variantId, body)).status).toBe(400);
    },
  );
});

describe('the reason of an adjustment', () => {
  const adjust = (body: object) => admin().post<Body>('/inventory/adjustments', body);

  it('is one of the known words in any case, or the warehouse’s own; with who did it', async () => {
    const { variantId } = await createStocked(service.client, 10);
    const reasons: [object, string][] = [
      [{ delta: 5, reason: 'received' }, 'RECEIVED'],
      [{ delta: -1, reason: 'Damaged' }, 'DAMAGED'],
      [{ setTo: 20, reason: 'COUNTED' }, 'COUNTED'],
      [{ delta: 1, reason: 'returned' }, 'RETURNED'],
      [{ delta: -1, reason: 'sample for the fair' }, 'sample for the fair'],
    ];
    for (const [body, reason] of reasons) {
      expect(await adjust({ variantId, ...body })).toMatchObject({
        status: 201,
        body: { reason, actor: ADMIN.userId },
      });
    }
    expect(await stockOf(service, variantId)).toEqual({ stock: 20, reserved: 0 });
    const damaged = await admin().get<{ data: Body[] }>(
      `/inventory/movements?variantId=${variantId}&reason=damaged&kind=adjustment`,
    );
    expect(damaged.body.data).toMatchObject([{ delta: -1, reason: 'DAMAGED', actor: ADMIN.userId }]);
  });

  it.each([
    ['what was received and goes away', { delta: -1, reason: 'RECEIVED' }],
    ['what was damaged and comes in', { delta: 1, reason: 'DAMAGED' }],
    ['a count that is a difference', { delta: 1, reason: 'COUNTED' }],
    ['a return that sets', { setTo: 1, reason: 'RETURNED' }],
  ])('contradicts %s: 400, and nothing changes', async (_, body) => {
    const { variantId } = await createStocked(service.client, 10);
    expect(await adjust({ variantId, ...body })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: 'reason' }] },
    });
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
  });

  it('a count never goes below what is reserved, and says how much that is', async () => {
    const { variantId } = await createStocked(service.client, 10);
    await reserve(service.client, newId(), [{ variantId, quantity: 4 }]);
    expect(await adjust({ variantId, setTo: 3, reason: 'COUNTED' })).toMatchObject({
      status: 409,
      body: { code: 'STOCK_BELOW_RESERVED', details: { stock: 10, reserved: 4, wanted: 3 } },
    });
  });

  it('many counts, takings and reservations at once never oversell nor go below zero', async () => {
    const { variantId } = await createStocked(service.client, 20);
    const answers = await Promise.all(
      Array.from({ length: 48 }, (_, index) => {
        if (index % 3 === 0) return reserve(service.client, newId(), [{ variantId, quantity: 1 }]);
        return adjust(
          index % 3 === 1 ? { variantId, delta: -1, reason: 'LOST' } : { variantId, setTo: 12, reason: 'COUNTED' },
        );
      }),
    );
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const { stock, reserved } = await stockOf(service, variantId);
    expect(reserved).toBe(answers.filter(({ status }, index) => index % 3 === 0 && status === 201).length);
    expect(stock).toBeGreaterThanOrEqual(reserved);
  });
});
