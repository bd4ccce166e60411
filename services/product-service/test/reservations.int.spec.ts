import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { waitingForLocks } from './import-fixture.js';
import {
  ADMIN,
  requireBooksInOrder,
  createStocked,
  eventsOf,
  release,
  reserve,
  startProductService,
  stockOf,
  type ProductService,
} from './product-fixture.js';

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());
afterEach(() => requireBooksInOrder(service));

describe('reserving', () => {
  it('holds the pieces for the order and answers the reservation', async () => {
    const { variantId } = await createStocked(service.client, 5);
    const answer = await reserve(service.client, newId(), [{ variantId, quantity: 2 }]);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'RESERVED', items: [{ variantId, quantity: 2 }] });
    expect(await stockOf(service, variantId)).toEqual({ stock: 5, reserved: 2 });
  });

  it('answers the same to the same order, however often and in parallel, and holds the pieces once', async () => {
    const { variantId } = await createStocked(service.client, 5);
    const orderId = newId();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => reserve(service.client, orderId, [{ variantId, quantity: 2 }])),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await stockOf(service, variantId)).toEqual({ stock: 5, reserved: 2 });
  });

  it('refuses the same order with other items', async () => {
    const { variantId } = await createStocked(service.client, 5);
    const orderId = newId();
    await reserve(service.client, orderId, [{ variantId, quantity: 2 }]);
    const other = await reserve(service.client, orderId, [{ variantId, quantity: 3 }]);
    expect([other.status, other.body.code]).toEqual([409, 'RESERVATION_REFUSED']);
  });

  it('adds up lines of the same variant', async () => {
    const { variantId } = await createStocked(service.client, 5);
    const twice = [
      { variantId, quantity: 3 },
      { variantId, quantity: 3 },
    ];
    const answer = await reserve(service.client, newId(), twice);
    expect(answer.body.details).toEqual({ items: [{ variantId, requested: 6, available: 5 }] });
  });

  it('takes all items or none, and says what is missing', async () => {
    const plenty = await createStocked(service.client, 5);
    const little = await createStocked(service.client, 1);
    const items = [
      { variantId: plenty.variantId, quantity: 2 },
      { variantId: little.variantId, quantity: 2 },
    ];
    const answer = await reserve(service.client, newId(), items);
    expect([answer.status, answer.body.code]).toEqual([409, 'OUT_OF_STOCK']);
    expect(answer.body.details).toEqual({ items: [{ variantId: little.variantId, requested: 2, available: 1 }] });
    expect(await stockOf(service, plenty.variantId)).toEqual({ stock: 5, reserved: 0 });
  });

  it('has nothing of a deleted product and knows no variant that never was', async () => {
    const { product, variantId } = await createStocked(service.client, 5);
    await service.client.as(ADMIN).delete(`/products/${product.id}`);
    expect((await reserve(service.client, newId(), [{ variantId, quantity: 1 }])).body.code).toBe('OUT_OF_STOCK');
    expect((await reserve(service.client, newId(), [{ variantId: newId(), quantity: 1 }])).body.code).toBe(
      'VARIANT_NOT_FOUND',
    );
  });

  it('is for services alone and checks what it is sent', async () => {
    const { variantId } = await createStocked(service.client, 5);
    const body = { ownerType: 'ORDER', ownerId: newId(), items: [{ variantId, quantity: 1 }] };
    expect((await service.client.as(ADMIN).post('/internal/reservations', body)).status).toBe(401);
    const bad = service.client.asService('order');
    expect((await bad.post('/internal/reservations', { ...body, items: [] })).status).toBe(400);
    expect((await bad.post('/internal/reservations', { ...body, items: [{ variantId, quantity: 0 }] })).status).toBe(
      400,
    );
    expect((await bad.post('/internal/reservations', { ...body, items: [{ variantId, quantity: 1.5 }] })).status).toBe(
      400,
    );
  });
});

describe('a rush', () => {
  const rush = async (buyers: number, stock: number) => {
    const { variantId } = await createStocked(service.client, stock);
    const answers = await Promise.all(
      Array.from({ length: buyers }, () => reserve(service.client, newId(), [{ variantId, quantity: 1 }])),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    return { variantId, answers, granted: count(201), refused: count(409) };
  };

  it('gives ten units to exactly ten of a hundred buyers and tells the others what is left', async () => {
    const { variantId, answers, granted, refused } = await rush(100, 10);
    expect({ granted, refused }).toEqual({ granted: 10, refused: 90 });
    for (const { status, body } of answers) {
      if (status === 409)
        expect(body).toMatchObject({ code: 'OUT_OF_STOCK', details: { items: [{ variantId, requested: 1 }] } });
    }
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 10 });
  });

  it('does the same for a thousand buyers', async () => {
    const { variantId, granted, refused } = await rush(1_000, 10);
    expect({ granted, refused }).toEqual({ granted: 10, refused: 990 });
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 10 });
  });

  it('has the last piece for one who came while it was taken, and waited while it was given back', async () => {
    const { variantId } = await createStocked(service.client, 1);
    const database = service.app.get(Database);
    const query = database.query.bind(database);
    const setReserved = 'update variants set reserved = $2 where id = $1';
    const given: Promise<void>[] = [];
    Object.assign(database, {
      query: async (text: string, params: readonly unknown[]) => {
        const isReserving = text.includes('insert into reservations');
        if (isReserving) {
          await service.db.query(setReserved, [variantId, 1]);
          const begun: { done?: () => void } = {};
          const isHeld = new Promise<void>((resolve) => (begun.done = resolve));
          given.push(
            database.sqlTransaction(async (tx) => {
              await tx.query(setReserved, [variantId, 0]);
              begun.done?.();
              await eventually(async () => expect(await waitingForLocks(service)).toBe(1));
            }),
          );
          await isHeld;
        }
        return query(text, params);
      },
    });
    try {
      expect((await reserve(service.client, newId(), [{ variantId, quantity: 1 }])).status).toBe(201);
    } finally {
      Object.assign(database, { query });
      await Promise.all(given);
    }
    expect(await stockOf(service, variantId)).toEqual({ stock: 1, reserved: 1 });
  });

  it('refuses nobody for whom there was enough, when many want several variants in different orders', async () => {
    const variants = await Promise.all([20, 20, 20].map((stock) => createStocked(service.client, stock)));
    const ids = variants.map(({ variantId }) => variantId);
    const orders = Array.from({ length: 60 }, (_, index) => {
      const [first = '', second = ''] =
        index % 2 === 0 ? [ids[index % 3], ids[(index + 1) % 3]] : [ids[(index + 1) % 3], ids[index % 3]];
      return [
        { variantId: first, quantity: 1 },
        { variantId: second, quantity: 1 },
      ];
    });
    const answers = await Promise.all(orders.map((items) => reserve(service.client, newId(), items)));
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const granted = orders.filter((_, index) => answers[index]?.status === 201);
    const reserved = new Map(
      ids.map((id) => [id, granted.filter((items) => items.some(({ variantId }) => variantId === id)).length]),
    );
    for (const id of ids) expect(await stockOf(service, id)).toEqual({ stock: 20, reserved: reserved.get(id) });
    // Which pairs come first is chance, so that one piece of each of two variants may be left; never both of a pair.
    const refused = orders.filter((_, index) => answers[index]?.status === 409);
    expect(granted.length + refused.length).toBe(60);
    for (const items of refused) {
      expect(items.map(({ variantId }) => reserved.get(variantId))).toContain(20);
    }
  });
});

describe('releasing', () => {
  it('gives the pieces back, once', async () => {
    const { variantId } = await createStocked(service.client, 5);
    const orderId = newId();
    await reserve(service.client, orderId, [{ variantId, quantity: 2 }]);
    expect((await release(service.client, orderId)).body.status).toBe('RELEASED');
    expect((await release(service.client, orderId)).body.status).toBe('RELEASED');
    expect(await stockOf(service, variantId)).toEqual({ stock: 5, reserved: 0 });
  });

  it('leaves a tombstone that refuses a reserve which comes too late', async () => {
    const { variantId } = await createStocked(service.client, 5);
    const orderId = newId();
    expect((await release(service.client, orderId)).body.status).toBe('TOMBSTONE');
    const late = await reserve(service.client, orderId, [{ variantId, quantity: 2 }]);
    expect([late.status, late.body.code]).toEqual([409, 'RESERVATION_REFUSED']);
    expect(await stockOf(service, variantId)).toEqual({ stock: 5, reserved: 0 });
  });

  it('ends without held stock whichever of reserve and release comes first', async () => {
    const { variantId } = await createStocked(service.client, 1_000);
    const orders = Array.from({ length: 40 }, () => newId());
    await Promise.all(
      orders.flatMap((id) => [reserve(service.client, id, [{ variantId, quantity: 1 }]), release(service.client, id)]),
    );
    await Promise.all(orders.map((id) => release(service.client, id)));
    expect(await stockOf(service, variantId)).toEqual({ stock: 1_000, reserved: 0 });
  });
});

describe('STOCK_LOW', () => {
  it('is told once on the way down, and again after the stock has recovered', async () => {
    const { variantId, product } = await createStocked(service.client, 8, { lowStockThreshold: 5 });
    const told = async () =>
      (await eventsOf<{ available: number; threshold: number; name: string }>(service, 'STOCK_LOW', variantId)).map(
        ({ data }) => data,
      );
    const orderId = newId();
    await reserve(service.client, newId(), [{ variantId, quantity: 2 }]);
    expect(await told()).toEqual([]);
    await reserve(service.client, orderId, [{ variantId, quantity: 2 }]);
    await reserve(service.client, newId(), [{ variantId, quantity: 1 }]);
    expect(await told()).toMatchObject([{ available: 4, threshold: 5, name: product.name }]);
    await release(service.client, orderId);
    await service.client.as(ADMIN).post('/inventory/adjustments', { variantId, delta: 3, reason: 'delivery' });
    await reserve(service.client, newId(), [{ variantId, quantity: 6 }]);
    expect((await told()).map(({ available }) => available)).toEqual([4, 2]);
  });

  it('is told once when many buyers cross the threshold together', async () => {
    const { variantId } = await createStocked(service.client, 60, { lowStockThreshold: 30 });
    await Promise.all(Array.from({ length: 60 }, () => reserve(service.client, newId(), [{ variantId, quantity: 1 }])));
    expect(await eventsOf(service, 'STOCK_LOW', variantId)).toMatchObject([{ data: { available: 30 } }]);
  });
});
