import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import type { TestClient } from '@reseller/testing';
import type { OrderBody } from '../src/orders/order-view.js';
import {
  admin,
  customer,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type Person,
  type Problem,
} from './order-fixture.js';

interface OrderPage {
  readonly data: OrderBody[];
  readonly total: number;
  readonly skip: number;
  readonly take: number;
  readonly nextCursor: string | null;
  readonly totalIsLowerBound: boolean;
}

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());

const idsOf = (page: OrderPage): string[] => page.data.map(({ id }) => id);
const list = async (client: TestClient, query: string): Promise<OrderPage> => {
  const { status, body } = await client.get<OrderPage>(`/orders${query}`);
  expect(status).toBe(200);
  return body;
};

describe('one order', () => {
  const seller: Person = { userId: newId(), roles: ['RESELLER'] };

  it('is read by its buyer, by id and by number in any case', async () => {
    const buyer = customer();
    const order = await orders.place(buyer);
    for (const ref of [order.id, order.orderNumber, order.orderNumber.toLowerCase()])
      expect(await orders.as(buyer).get(`/orders/${ref}`)).toMatchObject({ status: 200, body: { id: order.id } });
  });

  it('does not exist for strangers', async () => {
    const { id } = await orders.place();
    for (const stranger of [orders.as(customer()), orders.service.client.anonymous()]) {
      for (const path of [`/orders/${id}`, `/orders/${id}/history`])
        expect(await stranger.get(path)).toMatchObject({ status: 404, body: { code: 'ORDER_NOT_FOUND' } });
      expect(await stranger.post(`/orders/${id}/cancel`, { reason: 'mischief' })).toMatchObject({ status: 404 });
    }
    expect(await orders.as(customer()).patch(`/orders/${id}/status`, { status: 'CANCELLED' })).toMatchObject({
      status: 404,
    });
    expect(await orders.service.client.get(`/orders/${id}`)).toMatchObject({ status: 401 });
    expect(await orders.as().get(`/orders/${newId()}`)).toMatchObject({ status: 404 });
    expect(await orders.as().get('/orders/not-an-id')).toMatchObject({ status: 400 });
  });

  it('shows its seller what they earn, not how to reach the buyer', async () => {
    const address = { line1: '1 Street', city: 'Pune', state: 'Maharashtra', pincode: '411001' };
    const order = await orders.place(
      customer(),
      simpleOrder({ sellerId: seller.userId, shippingAddress: address, notes: 'ring twice' }),
    );
    const { status, body } = await orders.as(seller).get<OrderBody>(`/orders/${order.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ commission: 200, shippingAddress: null, buyer: null, notes: null });
    expect(JSON.stringify(body)).not.toContain('buyer@example.com');
    expect(await orders.as(seller).post(`/orders/${order.id}/cancel`, { reason: 'mine' })).toMatchObject({
      status: 403,
    });
    const history = await orders.as(seller).get<{ data: { actorId: string | null }[] }>(`/orders/${order.id}/history`);
    expect(history.body.data.map(({ actorId }) => actorId)).toEqual([null]);
  });

  it('of another business does not exist for that business’s administrator', async () => {
    const { id, businessId } = await orders.place();
    expect(await orders.as({ ...admin, businessId: newId() }).get(`/orders/${id}`)).toMatchObject({ status: 404 });
    expect(await orders.as({ ...admin, businessId }).get(`/admin/orders/${id}`)).toMatchObject({ status: 200 });
  });
});

describe('a list', () => {
  it('is one’s own orders, newest first', async () => {
    const buyer = customer();
    const first = await orders.place(buyer);
    const second = await orders.place(buyer);
    await orders.place();
    const page = await list(orders.as(buyer), '');
    expect(idsOf(page)).toEqual([second.id, first.id]);
    expect(page).toMatchObject({ total: 2, skip: 0, take: 20, nextCursor: null, totalIsLowerBound: false });
    expect(idsOf(await list(orders.as(buyer), '?sort=createdAt'))).toEqual([first.id, second.id]);
    expect(idsOf(await list(orders.as(buyer), `?userId=${buyer.userId}`))).toHaveLength(2);
  });

  it('of somebody else’s orders is refused', async () => {
    for (const query of [`?userId=${newId()}`, `?sellerId=${newId()}`])
      expect(await orders.as(customer()).get<Problem>(`/orders${query}`)).toMatchObject({ status: 403 });
    expect(await orders.service.client.anonymous().get('/orders')).toMatchObject({ status: 401 });
    expect(await orders.as(customer()).get('/admin/orders')).toMatchObject({ status: 403 });
  });

  it('for a seller is what they earn on, without the buyers', async () => {
    const seller: Person = { userId: newId(), roles: ['RESELLER'] };
    const order = await orders.place(customer(), simpleOrder({ sellerId: seller.userId }));
    await orders.place(seller);
    for (const query of ['?sellerId=self', `?sellerId=${seller.userId}`]) {
      const page = await list(orders.as(seller), query);
      expect(idsOf(page)).toEqual([order.id]);
      expect(page.data[0]).toMatchObject({ buyer: null, shippingAddress: null });
    }
  });

  it('for an administrator has every filter, with words in any case', async () => {
    const buyer = customer();
    const cash = await orders.place(buyer, simpleOrder({ paymentMethod: 'COD' }));
    const pending = await orders.place(buyer);
    const own = `userId=${buyer.userId}`;
    const seen = async (query: string) => idsOf(await list(orders.as(), `?${own}&${query}`));
    expect(await seen('status=confirmed')).toEqual([cash.id]);
    expect(await seen('status=PENDING&paymentStatus=pending&fulfillmentStatus=Unfulfilled')).toEqual([pending.id]);
    expect(await seen(`from=${encodeURIComponent(pending.createdAt)}`)).toEqual([pending.id]);
    expect(await seen(`to=${encodeURIComponent(pending.createdAt)}`)).toEqual([cash.id]);
    expect(await seen(`q=${cash.orderNumber.toLowerCase()}`)).toEqual([cash.id]);
    expect(await seen('q=ORD-2')).toEqual([]);
    expect(await seen('paymentStatus=REFUNDED')).toEqual([]);
    expect((await orders.as().get<OrderPage>(`/admin/orders?${own}`)).body.total).toBe(2);
    expect((await list(orders.as({ ...admin, businessId: newId() }), `?${own}`)).total).toBe(0);
  });

  it('refuses what it does not know', async () => {
    for (const query of ['status=LOST', 'take=101', 'sort=total', 'cursor=nonsense', 'from=yesterday', 'colour=red'])
      expect(await orders.as().get(`/orders?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_FAILED' },
      });
  });

  it('pages by skip, by page and by cursor alike, without loss or repetition', async () => {
    const buyer = customer();
    const placed: string[] = [];
    for (let n = 0; n < 7; n += 1) placed.unshift((await orders.place(buyer)).id);
    // Several orders of one millisecond: the id settles their order.
    await orders.service.db.query(`update orders set created_at = '2026-01-01T00:00:00Z' where user_id = $1`, [
      buyer.userId,
    ]);
    placed.sort().reverse();

    const client = orders.as(buyer);
    expect(idsOf(await list(client, '?skip=2&take=2'))).toEqual(placed.slice(2, 4));
    expect(idsOf(await list(client, '?page=2&limit=3'))).toEqual(placed.slice(3, 6));

    for (const [sort, expected] of [
      ['-createdAt', placed],
      ['createdAt', [...placed].reverse()],
    ] as const) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: OrderPage = await list(client, `?take=3&sort=${sort}${cursor === '' ? '' : `&cursor=${cursor}`}`);
        seen.push(...idsOf(page));
        expect(page.total).toBe(7);
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(expected);
    }
  });
});

describe('other services', () => {
  it('alone reach what is internal', async () => {
    const { id } = await orders.place();
    expect(await orders.as().get(`/internal/orders/${id}/payable`)).toMatchObject({ status: 401 });
    expect(await orders.service.client.asService('payment').get(`/internal/orders/${newId()}/payable`)).toMatchObject({
      status: 404,
    });
  });

  it('learn which reservations are wanted', async () => {
    const pending = await orders.place();
    const cash = await orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
    const buyer = customer();
    const cancelled = await orders.place(buyer);
    await orders.as(buyer).post(`/orders/${cancelled.id}/cancel`, { reason: 'too late' });
    const unknown = newId();
    const orderIds = [pending.id, cash.id, cancelled.id, unknown];
    expect(
      await orders.service.client.asService('product').post('/internal/orders/wanted-reservations', { orderIds }),
    ).toMatchObject({
      status: 200,
      body: { wanted: [pending.id], converted: [cash.id], cancelled: [cancelled.id], unknown: [unknown] },
    });
  });

  it('learn why an order is not payable', async () => {
    const payable = async (id: string) =>
      (await orders.service.client.asService('payment').get<Record<string, unknown>>(`/internal/orders/${id}/payable`))
        .body;
    const cash = await orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
    expect(await payable(cash.id)).toMatchObject({ payable: false, reason: 'CASH_ON_DELIVERY', payablePaise: 200_000 });
    const late = await orders.place();
    await orders.service.db.query(`update orders set payment_expires_at = now() - interval '1 second' where id = $1`, [
      late.id,
    ]);
    expect(await payable(late.id)).toMatchObject({
      payable: false,
      reason: 'PAYMENT_WINDOW_PASSED',
      payablePaise: 200_000,
    });
    const buyer = customer();
    const { id } = await orders.place(buyer);
    await orders.as(buyer).delete(`/orders/${id}`);
    expect(await payable(id)).toMatchObject({ payable: false, reason: 'CANCELLED', payablePaise: 0 });
  });
});
