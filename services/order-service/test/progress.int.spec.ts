import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually, identityHeader, problem } from '@reseller/testing';
import type { OrderBody } from '../src/orders/order-view.js';
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
beforeEach(() => orders.reset());

const paidOrder = async (buyer = customer()): Promise<PlacedOrder> => {
  const order = await orders.place(buyer);
  await orders.tell(paymentSuccess(order));
  await eventually(async () => (await orders.read(order.id)).status === 'PAID');
  return order;
};

const setStatus = (id: string, status: string, person = admin, notes?: string) =>
  orders.as(person).patch<OrderBody & Problem>(`/orders/${id}/status`, { status, notes });

const types = async (id: string): Promise<string[]> => (await orders.told(id)).map(({ type }) => type);

describe('an administrator', () => {
  it.each([
    [
      '409 while all that was paid is going back, of which no event has told yet',
      { isGoingBack: true },
      409,
      'ORDER_REFUNDED',
    ],
    ['503 while payment cannot be asked', undefined, 503, 'SERVICE_UNAVAILABLE'],
  ])('does not ship: %s', async (_, answer, status, code) => {
    const { id } = await paidOrder();
    orders.payment.respond = () => (answer === undefined ? problem(503, code) : { status: 200, body: answer });
    for (const asked of [orders.as().patch<Problem>(`/orders/${id}/ship`, {}), setStatus(id, 'SHIPPED')])
      expect(await asked).toMatchObject({ status, body: { code } });
    expect((await orders.read(id)).status).toBe('PAID');
  });

  it('takes a paid order to its door, each step with its reason in the history', async () => {
    const { id } = await paidOrder();
    expect(await setStatus(id, 'processing', admin, 'packing')).toMatchObject({
      status: 200,
      body: { status: 'PROCESSING' },
    });
    expect(
      await orders.as().patch(`/orders/${id}/ship`, { carrier: 'Delhivery', tracking_number: 'TRACK123456' }),
    ).toMatchObject({
      status: 200,
      body: { status: 'SHIPPED', fulfillmentStatus: 'FULFILLED', trackingNumber: 'TRACK123456', carrier: 'Delhivery' },
    });
    expect(await orders.as().patch(`/orders/${id}/deliver`)).toMatchObject({
      status: 200,
      body: { status: 'DELIVERED' },
    });
    expect(await types(id)).toEqual(['ORDER_CREATED', 'ORDER_PAID', 'ORDER_SHIPPED', 'ORDER_DELIVERED']);

    const { body } = await orders.as().get<{ data: Record<string, unknown>[] }>(`/orders/${id}/history`);
    expect(body.data.map(({ what, by }) => `${String(what)} by ${String(by)}`)).toEqual([
      'PLACED by CUSTOMER',
      'PAID by PAYMENT',
      'PROCESSING by ADMIN',
      'SHIPPED by ADMIN',
      'DELIVERED by ADMIN',
    ]);
    expect(body.data[2]).toMatchObject({
      fromStatus: 'PAID',
      toStatus: 'PROCESSING',
      reason: 'packing',
      actorId: admin.userId,
    });
    const audit = await orders.service.db.query(
      `select 1 from outbox where aggregate_id = $1 and type = 'ADMIN_ACTION_RECORDED'`,
      [id],
    );
    expect(audit).toHaveLength(3);
  });

  it('is told what is allowed when a move is not', async () => {
    const { id } = await orders.place();
    expect(await setStatus(id, 'DELIVERED')).toMatchObject({
      status: 409,
      body: {
        code: 'INVALID_STATUS_TRANSITION',
        details: { from: 'PENDING', to: 'DELIVERED', allowed: ['CANCELLED'] },
      },
    });
    expect(await setStatus(id, 'CONFIRMED')).toMatchObject({ status: 409 });
    expect(await setStatus(id, 'LOST')).toMatchObject({ status: 400 });
    expect(await orders.as().patch(`/orders/${id}/deliver`)).toMatchObject({ status: 409 });
  });

  it('takes a parcel back: the money goes back and the stock too', async () => {
    const { id } = await paidOrder();
    await setStatus(id, 'SHIPPED');
    expect(await setStatus(id, 'RETURNED', admin, 'not at home')).toMatchObject({
      status: 200,
      body: { status: 'RETURNED' },
    });
    const returned = (await orders.told(id)).at(-1);
    expect(returned).toMatchObject({
      type: 'ORDER_RETURNED',
      data: { refundPaise: 200_000, cause: 'not at home', restock: [{ quantity: 2 }] },
    });
  });
});

describe('a customer', () => {
  it('cancels, and does nothing else', async () => {
    const buyer = customer();
    const { id } = await orders.place(buyer);
    expect(await setStatus(id, 'SHIPPED', buyer)).toMatchObject({ status: 403 });
    expect(await setStatus(id, 'PAID', buyer)).toMatchObject({ status: 403 });
    expect(await orders.as(buyer).patch(`/orders/${id}/ship`, {})).toMatchObject({ status: 403 });
    expect(await setStatus(id, 'cancelled', buyer, 'found it cheaper')).toMatchObject({
      status: 200,
      body: { status: 'CANCELLED', cancelledBy: 'CUSTOMER', cancelReason: 'found it cheaper' },
    });
    expect(await orders.as(buyer).post(`/orders/${id}/cancel`, { reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'INVALID_STATUS_TRANSITION', details: { from: 'CANCELLED', allowed: [] } },
    });
  });

  it('cancels a paid order, and it is told that goods had been sold', async () => {
    const buyer = customer();
    const { id } = await paidOrder(buyer);
    expect(await orders.as(buyer).delete(`/orders/${id}`)).toMatchObject({
      status: 200,
      body: { status: 'CANCELLED' },
    });
    expect((await orders.told(id)).at(-1)).toMatchObject({
      type: 'ORDER_CANCELLED',
      data: { wasSold: true, cancelledBy: 'CUSTOMER', totalPaise: 200_000, items: [{ quantity: 2 }] },
    });
  });

  it('cancels once per idempotency key and gets the first answer again', async () => {
    const buyer = customer();
    const { id } = await orders.place(buyer);
    const cancel = () =>
      orders.as(buyer).post(`/orders/${id}/cancel`, { reason: 'once' }, { 'idempotency-key': 'cancel-1' });
    const [first, second] = [await cancel(), await cancel()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
  });

  it('may say why in the body of a DELETE', async () => {
    const buyer = customer();
    const remove = async (body?: string) => {
      const { id } = await orders.place(buyer);
      const response = await fetch(`${orders.service.url}/orders/${id}`, {
        method: 'DELETE',
        headers: { ...identityHeader(buyer), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, body: await response.json() };
    };
    const reason = 'Customer requested cancellation';
    expect(await remove(JSON.stringify({ reason }))).toMatchObject({ status: 200, body: { cancelReason: reason } });
    expect(await remove()).toMatchObject({ status: 200, body: { cancelReason: 'No reason was given.' } });
    expect(await remove(JSON.stringify({ because: reason }))).toMatchObject({ status: 400 });
  });

  it('says why', async () => {
    const buyer = customer();
    const { id } = await orders.place(buyer);
    expect(await orders.as(buyer).post(`/orders/${id}/cancel`, {})).toMatchObject({ status: 400 });
  });
});

describe('PAID by an administrator', () => {
  it('is an offline payment that the order follows from', async () => {
    const order = await orders.place();
    orders.payment.respond = async ({ path, body }) => {
      expect([path, body]).toEqual([
        `/internal/orders/${order.id}/offline-payments`,
        { actorId: admin.userId, notes: 'cash in the shop' },
      ]);
      await orders.tell(paymentSuccess(order, { provider: 'OFFLINE' }));
      return { status: 200, body: { paymentId: newId() } };
    };
    expect(await setStatus(order.id, 'PAID', admin, 'cash in the shop')).toMatchObject({
      status: 200,
      body: { status: 'PAID', paymentStatus: 'PAID', paymentMethod: 'OFFLINE' },
    });
  });

  it('shows the order as it stands when the payment takes its time', async () => {
    const { id } = await orders.place();
    expect(await setStatus(id, 'PAID')).toMatchObject({ status: 200, body: { status: 'PENDING' } });
  });

  it('is refused to one who no longer is an administrator, and for an order that does not wait for money', async () => {
    const { id } = await orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
    expect(await setStatus(id, 'PAID')).toMatchObject({
      status: 409,
      body: { details: { from: 'CONFIRMED', to: 'PAID' } },
    });
    const pending = await orders.place();
    orders.auth.respond = () => problem(404, 'USER_NOT_FOUND');
    expect(await setStatus(pending.id, 'PAID')).toMatchObject({ status: 403 });
    expect(orders.payment.calls).toEqual([]);
  });

  it('and every other move of an order are refused to one who no longer is an administrator', async () => {
    const { id } = await orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
    expect(await setStatus(id, 'SHIPPED')).toMatchObject({ status: 200 });
    const [open, paid] = [await orders.place(), await paidOrder()];
    orders.auth.respond = () => problem(404, 'USER_NOT_FOUND');
    expect(await setStatus(paid.id, 'PROCESSING')).toMatchObject({ status: 403 });
    expect(await setStatus(paid.id, 'SHIPPED')).toMatchObject({ status: 403 });
    expect(await orders.as().patch(`/orders/${paid.id}/ship`, {})).toMatchObject({ status: 403 });
    expect(await setStatus(id, 'DELIVERED')).toMatchObject({ status: 403 });
    expect(await orders.as().patch(`/orders/${id}/deliver`, {})).toMatchObject({ status: 403 });
    expect(await setStatus(id, 'RETURNED')).toMatchObject({ status: 403 });
    expect(await setStatus(open.id, 'CANCELLED')).toMatchObject({ status: 403 });
    expect(await orders.as().post(`/orders/${open.id}/cancel`, { reason: 'x' })).toMatchObject({ status: 403 });
    expect(await orders.as().delete(`/orders/${open.id}`)).toMatchObject({ status: 403 });
    const statuses = await Promise.all([id, open.id, paid.id].map((one) => orders.read(one)));
    expect(statuses.map(({ status }) => status)).toEqual(['SHIPPED', 'PENDING', 'PAID']);
  });

  it('by a Razorpay payment is checked by payment', async () => {
    const order = await orders.place();
    const razorpayPaymentId = 'pay_Abc123Def456Gh';
    orders.payment.respond = async ({ path, body }) => {
      expect([path, body]).toEqual([
        `/internal/orders/${order.id}/attach-payment`,
        { razorpayPaymentId, actorId: admin.userId },
      ]);
      await orders.tell(paymentSuccess(order));
      return { status: 200, body: { paymentId: newId() } };
    };
    const body = { razorpay_payment_id: razorpayPaymentId };
    expect(await orders.as(customer()).patch(`/orders/${order.id}/payment`, body)).toMatchObject({ status: 403 });
    expect(await orders.as().patch(`/orders/${order.id}/payment`, body)).toMatchObject({
      status: 200,
      body: { status: 'PAID' },
    });
    const again = { payment_id: razorpayPaymentId, payment_method: 'upi' };
    expect(await orders.as().patch(`/orders/${order.id}/payment`, again)).toMatchObject({ status: 409 });
    orders.payment.respond = () => problem(422, 'PAYMENT_NOT_CAPTURED');
    const other = await orders.place();
    expect(await orders.as().patch(`/orders/${other.id}/payment`, body)).toMatchObject({
      status: 422,
      body: { code: 'PAYMENT_NOT_CAPTURED' },
    });
    expect(await orders.as().patch(`/orders/${other.id}/payment`, { razorpay_payment_id: '../x' })).toMatchObject({
      status: 400,
    });
  });
});
