import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_SETTINGS, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { problem } from '@reseller/testing';
import { FoldOrderFigures } from '../src/dashboard/fold-order-figures.js';
import { ORDER_INVARIANTS } from '../src/orders/order-invariants.js';
import type { OrderBody } from '../src/orders/order-view.js';
import { eventDriver } from './event-driver.js';
import {
  admin,
  customer,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
} from './order-fixture.js';
import { paymentFailed, paymentRefunded, paymentSuccess } from './payment-facts.js';
import { quote } from './quoting.js';

interface Dashboard {
  readonly totalOrders: number;
  readonly recentOrders: OrderBody[];
  readonly degraded: unknown[];
}

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => {
  orders.reset();
  orders.product.respond = ({ path }) =>
    path.startsWith('/internal/catalogue/counts')
      ? { status: 200, body: { products: path.includes('businessId') ? 4 : 45, categories: 8 } }
      : { status: 200, body: { reservationId: newId() } };
  orders.auth.respond = ({ path }) =>
    path.startsWith('/internal/users/count')
      ? { status: 200, body: { count: path.includes('businessId') ? 3 : 320 } }
      : path.startsWith('/internal/users/')
        ? {
            status: 200,
            body: {
              roles: ['ADMIN', 'RESELLER'],
              isActive: true,
              email: null,
              firstName: null,
              lastName: null,
              phone: null,
            },
          }
        : path.startsWith('/internal/businesses/')
          ? { status: 200, body: business(path.split('/').at(-1) ?? '') }
          : problem(404, 'NOT_FOUND');
});

const driver = eventDriver(() => orders);

const business = (businessId: string) => ({
  businessId,
  tenantId: DEFAULT_TENANT_ID,
  name: 'Another business',
  isActive: true,
  version: 1,
  settings: DEFAULT_BUSINESS_SETTINGS,
});

/** Orders of a business of their own, so that each test counts from nothing. */
function newBusiness(): { businessId: string; place: (more?: Record<string, unknown>) => Promise<PlacedOrder> } {
  const businessId = newId();
  return {
    businessId,
    place: (more = {}) => {
      orders.pricing.respond = ({ body }) => quote(body as Parameters<typeof quote>[0], { businessId });
      return orders.place(customer(), simpleOrder(more));
    },
  };
}

const statsOf = async (businessId: string): Promise<Dashboard> => {
  const { status, body } = await orders.as({ ...admin, businessId }).get<Dashboard>('/orders/admin/dashboard-stats');
  expect(status).toBe(200);
  return body;
};

const fold = () => orders.service.app.get(FoldOrderFigures, { strict: false }).execute();
const unfolded = async () =>
  (await orders.service.db.query<{ n: number }>('select count(*)::int as n from order_figure_changes'))[0]?.n;

const expectInvariants = async (): Promise<void> => {
  for (const { name, sql } of ORDER_INVARIANTS)
    expect({ name, broken: await orders.service.db.query(sql) }).toEqual({ name, broken: [] });
};

describe('the dashboard', () => {
  it('has all of 004’s figures, and they follow what happens to orders', async () => {
    const { businessId, place } = newBusiness();
    expect(await statsOf(businessId)).toMatchObject({ totalOrders: 0, totalRevenue: 0, recentOrders: [] });

    const [pending, failed, paid, shipped, delivered, returned] = [
      await place(),
      await place(),
      await place(),
      await place(),
      await place(),
      await place({ paymentMethod: 'COD' }),
    ];
    const cash = await place({ paymentMethod: 'COD' });
    const cancelled = await place();
    await driver.tellInTurn(
      paymentFailed(failed),
      ...[paid, shipped, delivered].map((order) => paymentSuccess(order)),
      paymentRefunded(paid, { refundPaise: 50_000, refundedTotalPaise: 50_000 }),
    );
    const move = (order: PlacedOrder, status: string) =>
      orders.as().put(`/orders/${order.id}/status`, { order_status: status });
    for (const order of [shipped, delivered, returned]) await move(order, 'shipped');
    await move(delivered, 'delivered');
    await move(returned, 'returned');
    await move(cancelled, 'cancelled');
    await move(cash, 'processing');

    const expected = {
      totalOrders: 8,
      totalProducts: 4,
      totalCategories: 8,
      totalUsers: 3,
      totalRevenue: 2000 * 3 - 500,
      pendingOrders: 2,
      confirmedOrders: 1,
      processingOrders: 1,
      shippedOrders: 1,
      deliveredOrders: 1,
      cancelledOrders: 1,
      returnedOrders: 1,
      paidOrders: 3,
      failedPayments: 1,
      degraded: [],
    };
    const stats = await statsOf(businessId);
    expect(stats).toMatchObject(expected);
    const newestFirst = [cancelled, cash, returned, delivered, shipped, paid, failed, pending];
    expect(stats.recentOrders.map(({ id }) => id)).toEqual(newestFirst.map(({ id }) => id));
    await expectInvariants();

    await fold();
    expect(await unfolded()).toBe(0);
    expect(await statsOf(businessId)).toMatchObject(expected);
    await expectInvariants();
  });

  it('counts as confirmed what is ready to be packed: not what was refunded in full', async () => {
    const { businessId, place } = newBusiness();
    const [kept, partly, gone, packing] = [await place(), await place(), await place(), await place()];
    const all = 100 * kept.total;
    await driver.tellInTurn(...[kept, partly, gone, packing].map((order) => paymentSuccess(order)));
    await orders.as().put(`/orders/${packing.id}/status`, { order_status: 'processing' });
    expect(await statsOf(businessId)).toMatchObject({ confirmedOrders: 3, processingOrders: 1, refundedOrders: 0 });
    await driver.tellInTurn(
      paymentRefunded(partly, { refundPaise: 100, refundedTotalPaise: 100 }),
      ...[gone, packing].map((order) => paymentRefunded(order, { refundPaise: all, refundedTotalPaise: all })),
    );
    expect(await statsOf(businessId)).toMatchObject({
      totalOrders: 4,
      confirmedOrders: 2,
      processingOrders: 0,
      refundedOrders: 2,
      paidOrders: 2,
    });
    expect(await orders.as().patch(`/orders/${gone.id}/ship`, {})).toMatchObject({ status: 409 });
  });

  it('shows the ten newest orders', async () => {
    const { businessId, place } = newBusiness();
    const placed: string[] = [];
    for (let n = 0; n < 11; n += 1) placed.unshift((await place()).id);
    expect((await statsOf(businessId)).recentOrders.map(({ id }) => id)).toEqual(placed.slice(0, 10));
  });

  it('is the caller’s business’s, or for who administers all the sum of them', async () => {
    const one = newBusiness();
    await one.place();
    const other = newBusiness();
    await other.place();
    expect(await statsOf(one.businessId)).toMatchObject({ totalOrders: 1, totalProducts: 4 });
    const read = (query: string, person = admin) =>
      orders.as(person).get<Dashboard>(`/orders/admin/dashboard-stats${query}`);
    const all = await orders.service.db.query<{ n: number }>('select count(*)::int as n from orders');
    expect((await read('')).body).toMatchObject({ totalOrders: all[0]?.n, totalProducts: 45, totalUsers: 320 });
    expect((await read(`?businessId=${other.businessId}`)).body).toMatchObject({ totalOrders: 1, totalUsers: 3 });
    const scoped = { ...admin, businessId: one.businessId };
    expect(await read(`?businessId=${one.businessId}`, scoped)).toMatchObject({ status: 200 });
    expect(await read(`?businessId=${other.businessId}`, scoped)).toMatchObject({ status: 403 });
    expect(await read('?business=x')).toMatchObject({ status: 400 });
    expect(await read('', customer())).toMatchObject({ status: 403 });
  });

  it('says which figures are missing while product or auth is down, and shows the others', async () => {
    const { businessId, place } = newBusiness();
    await place();
    orders.product.respond = () => problem(503, 'DATABASE_UNAVAILABLE');
    expect(await statsOf(businessId)).toMatchObject({
      totalOrders: 1,
      totalProducts: null,
      totalCategories: null,
      totalUsers: 3,
      degraded: [{ service: 'product', figures: ['totalProducts', 'totalCategories'] }],
    });
    orders.auth.respond = () => problem(500, 'INTERNAL');
    expect(await statsOf(businessId)).toMatchObject({
      totalUsers: null,
      degraded: [{ service: 'product' }, { service: 'auth', figures: ['totalUsers'] }],
    });
  });
});

describe('the figures', () => {
  it('are not counted where nothing is committed, nor where nothing changes', async () => {
    const { place } = newBusiness();
    const order = await place();
    await fold();
    const success = paymentSuccess(order);
    await driver.tellInTurn(success);
    expect(await unfolded()).toBe(2);
    await driver.tellAgain(success);
    await orders.as().put(`/orders/${order.id}/status`, { status: 'delivered' });
    expect(await unfolded()).toBe(2);
  });

  it('are folded once however many instances fold them at a time, while orders go on', async () => {
    const { businessId, place } = newBusiness();
    const [placed] = await Promise.all([
      Promise.all(Array.from({ length: 30 }, () => place())),
      ...Array.from({ length: 8 }, fold),
    ]);
    await Promise.all([
      ...placed.slice(0, 20).map(({ id }) => orders.as().put(`/orders/${id}/status`, { status: 'cancelled' })),
      ...Array.from({ length: 8 }, fold),
    ]);
    expect(await statsOf(businessId)).toMatchObject({ totalOrders: 30, pendingOrders: 10, cancelledOrders: 20 });
    await expectInvariants();
    await fold();
    expect(await unfolded()).toBe(0);
    await expectInvariants();
  });

  it('are read once for many readers', async () => {
    const kept = await startOrderService({ DASHBOARD_CACHE_TTL: '60s' });
    try {
      const read = () => kept.as().get<Dashboard & { asOf: string }>('/orders/admin/dashboard-stats');
      const first = (await read()).body;
      await kept.place();
      const again = await Promise.all([read(), read()]);
      expect(again.map(({ body }) => [body.totalOrders, body.asOf])).toEqual([
        [0, first.asOf],
        [0, first.asOf],
      ]);
    } finally {
      await kept.stop();
    }
  });
});
