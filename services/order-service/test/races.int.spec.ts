import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually, untilHandled } from '@reseller/testing';
import { ORDER_INVARIANTS } from '../src/orders/order-invariants.js';
import type { Cause } from '../src/orders/order-state.js';
import { shipOrder } from '../src/orders/order.js';
import { changeOrder, findOrder, insertOrder, lockOrder, type OrderAsOf } from '../src/orders/order.repository.js';
import { customer, simpleOrder, startOrderService, type OrderFixture } from './order-fixture.js';
import { paymentRefunded, paymentSuccess } from './payment-facts.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService({ EVENT_CONCURRENCY: '8' });
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

async function expectInvariants(): Promise<void> {
  for (const { name, sql } of ORDER_INVARIANTS)
    expect({ name, broken: await orders.service.db.query(sql) }).toEqual({ name, broken: [] });
}

describe('cancelling while the payment arrives', () => {
  it('ends cancelled or never was, with one event of each kind, eight times over', async () => {
    const buyers = Array.from({ length: 8 }, customer);
    const placed = await Promise.all(buyers.map((buyer) => orders.place(buyer)));
    const successes = placed.map((order) => paymentSuccess(order));
    const [answers] = await Promise.all([
      Promise.all(
        placed.map((order, n) => orders.as(buyers[n]).post(`/orders/${order.id}/cancel`, { reason: 'race' })),
      ),
      orders.tell(...successes),
    ]);
    await untilHandled(orders.service.db, ...successes);
    expect(answers.map(({ status }) => status)).toEqual(placed.map(() => 200));
    for (const { id } of placed) {
      expect(await orders.read(id)).toMatchObject({ status: 'CANCELLED', paymentStatus: 'PAID' });
      const types = (await orders.told(id)).map(({ type }) => type);
      expect(['ORDER_CREATED,ORDER_CANCELLED', 'ORDER_CREATED,ORDER_PAID,ORDER_CANCELLED']).toContain(types.join());
    }
    await expectInvariants();
  });

  it('by eight at once cancels once', async () => {
    const buyer = customer();
    const { id } = await orders.place(buyer);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => orders.as(buyer).post(`/orders/${id}/cancel`, { reason: 'race' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
    expect((await orders.told(id)).map(({ type }) => type)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
  });
});

describe('facts about one order at once', () => {
  it('eight copies of a success, its refunds and an administrator end in one state', async () => {
    const order = await orders.place();
    const success = paymentSuccess(order);
    const events = [
      ...Array.from({ length: 8 }, () => ({ ...success, id: newId() })),
      paymentRefunded(order, { refundPaise: 100, refundedTotalPaise: 100 }),
      paymentRefunded(order, { refundPaise: 100, refundedTotalPaise: 200 }),
    ];
    await Promise.all([
      orders.tell(...events),
      ...Array.from({ length: 8 }, () => orders.as().patch(`/orders/${order.id}/status`, { status: 'PROCESSING' })),
    ]);
    await untilHandled(orders.service.db, ...events);
    expect(await orders.read(order.id)).toMatchObject({ paymentStatus: 'PARTIALLY_REFUNDED', refundedTotal: 2 });
    expect((await orders.told(order.id)).filter(({ type }) => type === 'ORDER_PAID')).toHaveLength(1);
    await expectInvariants();
  });
});

describe('a lock that was waited for', () => {
  it('shows the lines as they are, not as they were when the wait began', async () => {
    const database = orders.service.app.get(Database, { strict: false });
    const { id } = await orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
    const admin: Cause = { role: 'ADMIN', id: newId(), reason: null };
    const untracked = { carrier: null, trackingNumber: null, trackingUrl: null };
    let waiting: Promise<OrderAsOf | undefined> | undefined;
    await database.sqlTransaction(async (tx) => {
      await changeOrder(tx, id, (order, now) => shipOrder(order, untracked, admin, now));
      waiting = database.sqlTransaction((other) => lockOrder(other, id));
      await eventually(
        async () => (await orders.service.db.query('select 1 from pg_locks where not granted')).length > 0,
      );
    });
    const found = await waiting;
    expect(found?.order).toMatchObject({ status: 'SHIPPED', lines: [{ fulfilledQuantity: 2 }] });
  });
});

describe('placing', () => {
  it('by forty buyers at once gives each a number of its own', async () => {
    const placed = await Promise.all(Array.from({ length: 40 }, () => orders.place(customer(), simpleOrder())));
    expect(new Set(placed.map(({ orderNumber }) => orderNumber)).size).toBe(40);
    await expectInvariants();
  });

  it('is not written after its deadline, nor over an order of the same id', async () => {
    const database = orders.service.app.get(Database, { strict: false });
    const { id } = await orders.place();
    const order = (await findOrder(database, id))?.order;
    if (order === undefined) throw new Error('just placed');
    const change = { order, events: [], history: [] };
    const write = (before: Date) => database.sqlTransaction((tx) => insertOrder(tx, change, before));
    expect(await write(new Date(Date.now() + 60_000))).toBeUndefined();
    const late = { ...change, order: { ...order, id: newId(), orderNumber: 'ORD-2026-999999', lines: [] } };
    expect(await database.sqlTransaction((tx) => insertOrder(tx, late, new Date(Date.now() - 1)))).toBeUndefined();
    expect(await findOrder(database, late.order.id)).toBeUndefined();
  });

  it('keeps the reservation when nobody can know whether the order was written', async () => {
    await orders.service.db.query('alter table orders add constraint refuse_all check (false) not valid');
    try {
      expect(await orders.as(customer()).post('/orders', simpleOrder())).toMatchObject({ status: 500 });
    } finally {
      await orders.service.db.query('alter table orders drop constraint refuse_all');
    }
    expect(orders.product.calls.map(({ path }) => path)).toEqual(['/internal/reservations']);
  });
});

describe('the invariants', () => {
  it('each find what breaks them', async () => {
    const { id } = await orders.place();
    await orders.service.db.query('alter table orders drop constraint orders_paid');
    await orders.service.db.query(
      `update orders set status = 'PAID', version = version + 1, commission_paise = 1, refunded_paise = total_paise + 1 where id = $1`,
      [id],
    );
    const broken = await Promise.all(
      ORDER_INVARIANTS.map(async ({ name, sql }) => ((await orders.service.db.query(sql)).length > 0 ? name : '')),
    );
    expect(broken.filter((name) => name !== '')).toEqual([
      'an order that is PAID has its payment and when it came',
      'totals are the sums of their lines',
      'the payment status is what the facts say',
      'no more is refunded than was paid',
      'every version has its row of history, and the last one shows the status',
      'the figures of the dashboard are what the orders count',
    ]);
  });
});
