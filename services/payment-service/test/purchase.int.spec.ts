import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually, watchStatements } from '@reseller/testing';
import type { PaymentView } from '../src/payments/payments.schemas.js';
import { orderJoinedAccount, type TestOrder } from './orders.js';
import { KEY_ID, PaymentFixture, type CreatedOrder, type Problem } from './payment-fixture.js';

const statements = watchStatements();

describe('paying an order', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  it('opens a payment and its Razorpay order as 001 prints them', async () => {
    const order = fixture.addOrder({ totalPaise: 300_000 });
    const answer = await fixture.buyer(order).post<CreatedOrder>('/payments/razorpay/create-order', {
      orderId: order.orderId,
      userId: order.buyer.userId,
      amount: 3000,
      currency: 'INR',
      method: 'CARD',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      payment: { orderId: order.orderId, status: 'PENDING', amount: 3000, currency: 'INR', method: 'CARD' },
      razorpayOrder: { amount: 300_000, currency: 'INR', status: 'created', key: KEY_ID },
    });
    expect(answer.body.razorpayOrder.id).toMatch(/^order_/);
    expect(answer.body.razorpayOrder.receipt).toBe(`order_${order.orderId.replaceAll('-', '')}`);
    expect(answer.body.razorpayOrder.receipt).toHaveLength(38);
  });

  it('gives the same payment and Razorpay order however often and in parallel it is asked', async () => {
    const order = fixture.addOrder();
    const buyer = fixture.buyer(order);
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () =>
        buyer.post<CreatedOrder>('/payments/razorpay/create-order', { orderId: order.orderId }),
      ),
      ...Array.from({ length: 4 }, async () => {
        const { status, headers, body } = await buyer.post<
          PaymentView & { razorpayOrder: CreatedOrder['razorpayOrder'] }
        >('/payments', { orderId: order.orderNumber });
        return { status, headers, body: { payment: body, razorpayOrder: body.razorpayOrder } };
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    expect(new Set(answers.map(({ body }) => body.payment.id)).size).toBe(1);
    expect(new Set(answers.map(({ body }) => body.razorpayOrder.id)).size).toBe(1);
    const made = await fixture.service.db.query('select 1 from payments where subject_id = $1', [order.orderId]);
    expect(made).toHaveLength(1);
  });

  it('opens a payment with two statements, and finds it again with one', async () => {
    const order = fixture.addOrder();
    expect(await statements.during(() => fixture.createOrder(order))).toHaveLength(2);
    expect(await statements.during(() => fixture.createOrder(order))).toHaveLength(1);
  });

  it('settles by webhook, verify confirms it, and everybody sees it', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    await fixture.deliverAllAbout(razorpayOrder.id);
    expect(await fixture.payment(payment.id)).toMatchObject({
      status: 'SUCCESS',
      gatewayStatus: 'captured',
      method: 'UPI',
      provider: 'RAZORPAY',
      razorpayPaymentId: paid.razorpay_payment_id,
      refundedAmount: 0,
      failureReason: null,
    });
    const verified = await fixture.verify(paid);
    expect(verified).toMatchObject({ status: 200, body: { id: payment.id, status: 'SUCCESS' } });
    expect((await fixture.verify(paid)).body).toEqual(verified.body);
    const ofOrder = await fixture.buyer(order).get<PaymentView>(`/payments/order/${order.orderNumber}`);
    expect(ofOrder.body.id).toBe(payment.id);

    const [event, ...others] = await fixture.eventsOf(order.orderId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'PAYMENT_SUCCESS',
      data: {
        orderId: order.orderId,
        totalPaise: 300_000,
        payment: {
          paymentId: payment.id,
          provider: 'RAZORPAY',
          gatewayPaymentId: paid.razorpay_payment_id,
          amountPaise: 300_000,
        },
      },
    });
  });

  it('takes the sample webhook of 001 as it is printed', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const sample = {
      event: 'payment.captured',
      payload: {
        payment: {
          entity: {
            id: 'pay_xxxxxxxxxxxxx',
            order_id: razorpayOrder.id,
            status: 'captured',
            amount: 300_000,
            currency: 'INR',
          },
        },
        order: { entity: { id: razorpayOrder.id, notes: { orderId: order.orderId, paymentId: payment.id } } },
      },
    };
    expect((await fixture.deliverBody(sample)).status).toBe(200);
    expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    const unknown = {
      ...sample,
      payload: { payment: { entity: { ...sample.payload.payment.entity, order_id: 'order_xxxxxxxxxxxxx' } } },
    };
    expect((await fixture.deliverBody(unknown)).status).toBe(200);
  });

  it.each([
    ['another amount', { amount: 2999.99 }, 422, 'AMOUNT_MISMATCH'],
    ['another currency', { currency: 'USD' }, 422, 'CURRENCY_MISMATCH'],
    ['three decimals', { amount: 1.001 }, 400, 'VALIDATION_FAILED'],
    ['somebody else’s name', { userId: newId() }, 403, 'FORBIDDEN'],
    ['a method that is none', { method: 'SHELLS' }, 400, 'VALIDATION_FAILED'],
    ['a field that is none', { status: 'SUCCESS' }, 400, 'VALIDATION_FAILED'],
  ])('refuses %s', async (_what, body, status, code) => {
    const order = fixture.addOrder();
    const answer = await fixture.buyer(order).post<Problem>('/payments', { orderId: order.orderId, ...body });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('refuses an order that is not the caller’s, not payable, too small, or none', async () => {
    const order = fixture.addOrder();
    const stranger = fixture.client.as({ userId: newId() });
    expect(await stranger.post('/payments', { orderId: order.orderId })).toMatchObject({ status: 404 });
    expect(await fixture.client.anonymous().post('/payments', { orderId: order.orderId })).toMatchObject({
      status: 404,
    });
    expect(await fixture.buyer(order).post('/payments', { orderId: newId() })).toMatchObject({
      status: 404,
      body: { code: 'ORDER_NOT_FOUND' },
    });
    const cancelled = fixture.addOrder({ payable: false, reason: 'CANCELLED', status: 'CANCELLED' });
    expect(await fixture.buyer(cancelled).post('/payments', { orderId: cancelled.orderId })).toMatchObject({
      status: 409,
      body: { code: 'ORDER_NOT_PAYABLE', details: { reason: 'CANCELLED' } },
    });
    const tiny = fixture.addOrder({ totalPaise: 99 });
    expect(await fixture.buyer(tiny).post('/payments', { orderId: tiny.orderId })).toMatchObject({
      status: 422,
      body: { code: 'AMOUNT_TOO_SMALL' },
    });
  });

  it('lets a guest pay with the order’s token, and nobody see it without', async () => {
    const order = fixture.addOrder({
      buyer: { userId: null, customerId: null, name: null, email: 'g@example.com', phone: null },
    });
    const guest = fixture.client.anonymous().with({ 'x-order-token': order.orderToken });
    const created = await guest.post<CreatedOrder>('/payments/razorpay/create-order', { orderId: order.orderId });
    expect(created.status).toBe(201);
    const { id } = created.body.payment;
    expect((await guest.get(`/payments/${id}`)).status).toBe(200);
    expect((await fixture.client.anonymous().get(`/payments/${id}`)).status).toBe(404);
    expect((await fixture.client.anonymous().with({ 'x-order-token': 'guessed' }).get(`/payments/${id}`)).status).toBe(
      404,
    );
  });

  it('shows a guest’s payments to the account that the order joined, whichever came first, and the guest no account', async () => {
    const buyer = { userId: null, customerId: null, name: null, email: 'g@example.com', phone: null };
    const [before, after] = [fixture.addOrder({ buyer }), fixture.addOrder({ buyer })];
    const payAsGuest = async (order: TestOrder) => {
      const guest = fixture.client.anonymous().with({ 'x-order-token': order.orderToken });
      const { body } = await guest.post<CreatedOrder>('/payments/razorpay/create-order', { orderId: order.orderId });
      return { ...body.payment, guest };
    };
    const early = await payAsGuest(before);
    const userId = newId();
    const joined = [orderJoinedAccount(before, userId), orderJoinedAccount(after, userId)];
    const poison = { ...orderJoinedAccount(before, userId), data: { orderId: 'x' } };
    await fixture.orders.tell(poison, ...joined, ...joined);
    await eventually(async () => {
      const rows = await fixture.service.db.query('select 1 from subject_accounts where user_id = $1', [userId]);
      expect(rows).toHaveLength(2);
    });
    const late = await payAsGuest(after);
    const owner = fixture.client.as({ userId });
    const { body: own } = await owner.get<{ data: PaymentView[] }>('/payments');
    expect(own.data.map(({ id, userId: payer }) => [id, payer])).toEqual([
      [late.id, userId],
      [early.id, userId],
    ]);
    expect(late.userId).toBeNull();
    expect((await early.guest.get(`/payments/${early.id}`)).body).toMatchObject({ userId: null });
  });

  it('settles at once what costs nothing', async () => {
    const order = fixture.addOrder({ totalPaise: 0 });
    const created = await fixture.createOrder(order);
    expect(created).toMatchObject({ payment: { status: 'SUCCESS', provider: 'NONE', amount: 0 }, razorpayOrder: null });
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    // Nothing of it goes back, so it may be shipped.
    const refunds = await fixture.client.asService('order').get(`/internal/orders/${order.orderId}/refunds`);
    expect(refunds.body).toEqual({ isGoingBack: false });
  });

  it('gives the first answer again for the same Idempotency-Key', async () => {
    const order = fixture.addOrder();
    const send = (body: object) =>
      fixture.buyer(order).post<CreatedOrder>('/payments/razorpay/create-order', body, { 'idempotency-key': 'once' });
    const first = await send({ orderId: order.orderId });
    const again = await send({ orderId: order.orderId });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await send({ orderId: order.orderId, method: 'UPI' })).status).toBe(422);
  });

  it('lists one’s own payments by our words and by Razorpay’s', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    await fixture.pay(razorpayOrder.id);
    await fixture.deliverAllAbout(razorpayOrder.id);
    const buyer = fixture.buyer(order);
    for (const query of [
      'status=SUCCESS',
      'status=captured',
      `orderId=${order.orderId}`,
      `userId=${order.buyer.userId}`,
    ]) {
      const { body } = await buyer.get<{ data: PaymentView[]; total: number }>(`/payments?${query}`);
      expect([query, body.total, body.data.map(({ id }) => id)]).toEqual([query, 1, [payment.id]]);
    }
    expect((await buyer.get<{ total: number }>('/payments?status=PENDING')).body.total).toBe(0);
    expect((await buyer.get(`/payments?userId=${newId()}`)).status).toBe(403);
    expect((await buyer.get('/payments?status=wonderful')).status).toBe(400);
    expect((await buyer.get('/admin/payments')).status).toBe(403);
    expect((await fixture.admin.get<{ total: number }>('/admin/payments')).body.total).toBeGreaterThan(1);
  });
});
