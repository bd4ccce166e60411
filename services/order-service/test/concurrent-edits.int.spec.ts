import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderBody } from '../src/orders/order-view.js';
import { eventDriver } from './event-driver.js';
import {
  admin,
  customer,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
  type Problem,
} from './order-fixture.js';
import { paymentSuccess } from './payment-facts.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());

const driver = eventDriver(() => orders);
const cashOrder = (): Promise<PlacedOrder> => orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
const etagOf = async (id: string): Promise<string> =>
  (await orders.as().get(`/orders/${id}`)).headers.get('etag') ?? '';

describe('If-Match', () => {
  it('lets a change through that is made to the order as it was read, and answers the new version', async () => {
    const { id, version } = await cashOrder();
    const etag = await etagOf(id);
    expect(etag).toBe(`"${version}"`);
    const moved = await orders
      .as()
      .put<OrderBody>(`/orders/${id}/status`, { status: 'processing' }, { 'if-match': etag });
    expect(moved).toMatchObject({ status: 200, body: { status: 'PROCESSING', version: version + 1 } });
    expect(moved.headers.get('etag')).toBe(`"${version + 1}"`);
    expect(await orders.as().patch(`/orders/${id}/ship`, {}, { 'if-match': '*' })).toMatchObject({ status: 200 });
  });

  it('refuses every change of an order that has changed since, and nothing happens', async () => {
    const stale = { 'if-match': '"1"' };
    const { id } = await cashOrder();
    const before = await orders.read(id);
    const attempts = [
      () => orders.as().patch<Problem>(`/orders/${id}/status`, { status: 'PROCESSING' }, stale),
      () => orders.as().put<Problem>(`/orders/${id}/status`, { order_status: 'shipped' }, stale),
      () => orders.as().patch<Problem>(`/orders/${id}/ship`, {}, stale),
      () => orders.as().patch<Problem>(`/orders/${id}/deliver`, {}, stale),
      () => orders.as().post<Problem>(`/orders/${id}/cancel`, { reason: 'x' }, stale),
      () => orders.as().delete<Problem>(`/orders/${id}`, stale),
      () => orders.as().patch<Problem>(`/orders/${id}/payment`, { payment_id: 'pay_Abc123Def456Gh' }, stale),
      () => orders.as().patch<Problem>(`/orders/${id}/status`, { status: 'PAID' }, stale),
      () => orders.as().patch<Problem>(`/orders/${id}/ship`, {}, { 'if-match': 'W/"of-another-thing"' }),
    ];
    for (const attempt of attempts)
      expect(await attempt()).toMatchObject({ status: 412, body: { code: 'VERSION_MISMATCH' } });
    expect(await orders.read(id)).toEqual(before);
    expect(orders.payment.calls).toEqual([]);
  });

  it('tells strangers nothing', async () => {
    const { id } = await cashOrder();
    expect(await orders.as(customer()).delete(`/orders/${id}`, { 'if-match': '"1"' })).toMatchObject({ status: 404 });
  });

  it('of a payment that arrived meanwhile stops a cancellation', async () => {
    const buyer = customer();
    const order = await orders.place(buyer);
    const etag = await etagOf(order.id);
    await driver.tellInTurn(paymentSuccess(order));
    const cancel = (headers: Record<string, string>) =>
      orders.as(buyer).post(`/orders/${order.id}/cancel`, { reason: 'unpaid anyway' }, headers);
    expect(await cancel({ 'if-match': etag })).toMatchObject({ status: 412 });
    expect((await orders.read(order.id)).status).toBe('PAID');
    expect(await cancel({ 'if-match': await etagOf(order.id) })).toMatchObject({ status: 200 });
  });
});

describe('two administrators at once', () => {
  it('with different parcels for one order: one ships, the other is told so', async () => {
    const { id } = await cashOrder();
    const ship = (trackingNumber: string) => orders.as().patch<OrderBody>(`/orders/${id}/ship`, { trackingNumber });
    const answers = await Promise.all(['A1', 'B2', 'C3', 'D4'].map(ship));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const shipped = answers.find(({ status }) => status === 200)?.body.trackingNumber;
    expect((await orders.read(id)).trackingNumber).toBe(shipped);
  });

  it('who read the same version: one changes the order, the others get 412', async () => {
    const { id } = await cashOrder();
    const headers = { 'if-match': await etagOf(id) };
    const moves = ['PROCESSING', 'SHIPPED', 'CANCELLED', 'PROCESSING'];
    const answers = await Promise.all(
      moves.map((status) => orders.as(admin).put(`/orders/${id}/status`, { order_status: status }, headers)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    expect(await driver.whatOf(id)).toHaveLength(3);
  });
});

describe('PUT of a status', () => {
  it('takes either spelling from an administrator, and from nobody else', async () => {
    const { id } = await cashOrder();
    const put = (body: unknown, person = admin) => orders.as(person).put(`/orders/${id}/status`, body);
    expect(await put({ order_status: 'cancelled' }, customer())).toMatchObject({ status: 403 });
    expect(await put({ order_status: 'shipped', status: 'SHIPPED' })).toMatchObject({ status: 400 });
    expect(await put({})).toMatchObject({ status: 400 });
    expect(await put({ order_status: 'lost' })).toMatchObject({ status: 400 });
    expect(await put({ order_status: 'shipped', notes: 'by hand' })).toMatchObject({
      status: 200,
      body: { status: 'SHIPPED' },
    });
    expect(await put({ status: 'delivered' })).toMatchObject({ status: 200, body: { status: 'DELIVERED' } });
    expect(await put({ order_status: 'pending' })).toMatchObject({ status: 409 });
  });
});
