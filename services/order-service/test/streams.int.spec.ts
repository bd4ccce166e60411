import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@reseller/runtime';
import type { TestEventStream } from '@reseller/testing';
import { OrderChanges } from '../src/orders/order-changes.js';
import { OrderStreams } from '../src/orders/order-streams.js';
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
import { paymentFailed, paymentSuccess } from './payment-facts.js';

const SELLER_ID = newId();

type Change = Record<string, unknown> & { readonly order: OrderBody };

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());
const { tellInTurn } = eventDriver(() => orders);

const pathOf = (order: { readonly id: string }): string => `/orders/${order.id}/stream`;

async function nextChange(stream: TestEventStream): Promise<[string | undefined, string, unknown, string]> {
  const { id, event, data } = await stream.next<Change>();
  return [id, event, data['what'], data.order.status];
}

describe('the stream of an order', () => {
  it('begins with the order as it stands, and then tells every change with the order as it is after it', async () => {
    const buyer = customer();
    const order = await orders.place(buyer);
    const stream = await orders.as(buyer).stream(pathOf(order));
    expect([stream.status, stream.headers.get('cache-control')]).toEqual([200, 'no-store, no-transform']);
    expect(await stream.next()).toEqual({ id: '1', event: 'order', data: await orders.read(order.id) });

    await tellInTurn(paymentFailed(order, 1));
    expect(await nextChange(stream)).toEqual(['2', 'change', 'PAYMENT_FAILED', 'PENDING']);
    await tellInTurn(paymentSuccess(order));
    const { data } = await stream.next<Change>();
    expect(data).toMatchObject({ what: 'PAID', fromStatus: 'PENDING', toStatus: 'PAID', by: 'PAYMENT' });
    expect(data.order).toEqual(await orders.read(order.id));
    await stream.close();
  });

  it('goes on after Last-Event-ID with what was missed, each once and in order', async () => {
    const buyer = customer();
    const order = await orders.place(buyer);
    await tellInTurn(paymentFailed(order, 1), paymentSuccess(order));
    const stream = await orders.as(buyer).stream(pathOf(order), { 'last-event-id': '1' });
    expect(await nextChange(stream)).toEqual(['2', 'change', 'PAYMENT_FAILED', 'PAID']);
    expect(await nextChange(stream)).toEqual(['3', 'change', 'PAID', 'PAID']);
    await orders.as(admin).patch(`/orders/${order.id}/ship`, {});
    expect(await nextChange(stream)).toEqual(['4', 'change', 'SHIPPED', 'SHIPPED']);
    await stream.close();
  });

  it('says reset and begins anew for an id that this order has not come to', async () => {
    const buyer = customer();
    const order = await orders.place(buyer);
    const stream = await orders.as(buyer).stream(pathOf(order), { 'last-event-id': '99' });
    expect([await stream.next(), (await stream.next()).event]).toEqual([
      { id: '1', event: 'reset', data: {} },
      'order',
    ]);
    await stream.close();
    const { status, body } = await orders.as(buyer).get<Problem>(pathOf(order), { 'last-event-id': 'abc' });
    expect([status, body.code]).toEqual([400, 'INVALID_LAST_EVENT_ID']);
  });

  it('is for who may read the order: buyer, administrator of its business, holder of its token, its seller', async () => {
    const guest = orders.service.client.anonymous();
    const contact = { email: 'guest@example.com', phone: '+919876543210', sellerId: SELLER_ID };
    const { body: order } = await guest.post<PlacedOrder>('/orders', simpleOrder(contact));
    const holder = guest.with({ 'x-order-token': order.orderToken ?? '' });
    const seller = orders.as({ userId: SELLER_ID, roles: ['RESELLER'] });
    for (const client of [holder, orders.as(admin), seller]) {
      const stream = await client.stream(pathOf(order));
      expect(stream.status).toBe(200);
      await stream.close();
    }
    const elsewhere = orders.as({ userId: newId(), roles: ['ADMIN'], businessId: newId() });
    for (const client of [guest, orders.as(customer()), elsewhere, guest.with({ 'x-order-token': 'guessed' })]) {
      expect((await client.get(pathOf(order))).status).toBe(404);
    }
  });

  it('tells a seller nothing of the buyer', async () => {
    const order = await orders.place(customer(), simpleOrder({ sellerId: SELLER_ID }));
    const stream = await orders.as({ userId: SELLER_ID, roles: ['RESELLER'] }).stream(pathOf(order));
    const first = await stream.next<OrderBody>();
    await orders.as(admin).post(`/orders/${order.id}/cancel`, { reason: 'The buyer has called.' });
    const { data } = await stream.next<Change>();
    expect(
      [first.data, data.order].map(({ buyer, shippingAddress, notes }) => [buyer, shippingAddress, notes]),
    ).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
    expect([data['what'], data['reason'], data['actorId'], data.order.cancelReason]).toEqual([
      'CANCELLED',
      null,
      null,
      null,
    ]);
    await stream.close();
  });

  it('reaches readers of every instance, whichever handled the change, also one that has to change instance', async () => {
    const other = await startOrderService({}, orders.service);
    try {
      const buyer = customer();
      const order = await orders.place(buyer);
      const here = await orders.as(buyer).stream(pathOf(order));
      const there = await other.as(buyer).stream(pathOf(order));
      await Promise.all([here.next(), there.next()]);
      expect((await orders.as(buyer).post(`/orders/${order.id}/cancel`, { reason: 'x' })).status).toBe(200);
      const told = ['2', 'change', 'CANCELLED', 'CANCELLED'];
      expect([await nextChange(here), await nextChange(there)]).toEqual([told, told]);
      await here.close();
      const moved = await other.as(buyer).stream(pathOf(order), { 'last-event-id': '1' });
      expect(await nextChange(moved)).toEqual(told);
      await moved.close();
      await there.close();
    } finally {
      await other.stop();
    }
  });

  it('is looked for once, however many follow, from where the one stands who knows least', async () => {
    const quiet = await startOrderService({ STREAM_POLL_INTERVAL: '10h' }, orders.service);
    try {
      const looks = jest.spyOn(quiet.service.app.get(OrderChanges), 'since');
      const buyer = customer();
      const order = await orders.place(buyer);
      const other = await orders.place(buyer);
      await tellInTurn(paymentFailed(order, 1), paymentSuccess(order));
      const client = quiet.as(buyer);
      const streams = [
        await client.stream(pathOf(order), { 'last-event-id': '2' }),
        await client.stream(pathOf(order), { 'last-event-id': '1' }),
        await client.stream(pathOf(other), { 'last-event-id': '1' }),
      ];
      await quiet.service.app.get(OrderStreams).execute();
      expect(looks.mock.calls).toEqual([
        [
          [
            { orderId: order.id, version: 1 },
            { orderId: other.id, version: 1 },
          ],
        ],
      ]);
      const [first, second] = streams;
      if (first === undefined || second === undefined) throw new Error('they were opened');
      const paid = ['3', 'change', 'PAID', 'PAID'];
      expect(await nextChange(first)).toEqual(paid);
      expect(await nextChange(second)).toEqual(['2', 'change', 'PAYMENT_FAILED', 'PAID']);
      expect(await nextChange(second)).toEqual(paid);
      await Promise.all(streams.map((stream) => stream.close()));
    } finally {
      await quiet.stop();
    }
  });
});
