import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import type { TestOrder } from './orders.js';
import { ADMIN, PaymentFixture, type Problem } from './payment-fixture.js';

describe('what the order service asks', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  const ask = (order: TestOrder, path: string, body: object) =>
    fixture.client
      .asService('order')
      .post<{ paymentId: string } & Omit<Problem, 'status'>>(`/internal/orders/${order.orderId}/${path}`, body);
  const offline = (order: TestOrder) =>
    ask(order, 'offline-payments', { actorId: ADMIN.userId, notes: 'Cash at the shop' });

  it('is for services alone', async () => {
    const order = fixture.addOrder();
    const path = `/internal/orders/${order.orderId}/confirm-unpaid`;
    expect((await fixture.client.post(path, { reason: 'x' })).status).toBe(401);
    expect((await fixture.admin.post(path, { reason: 'x' })).status).toBe(401);
  });

  describe('confirm-unpaid', () => {
    it('closes an order that nobody paid, for good', async () => {
      for (const order of [fixture.addOrder(), (await fixture.checkout()).order]) {
        expect(await fixture.confirmUnpaid(order.orderId)).toMatchObject({ status: 200, body: { unpaid: true } });
        expect(await fixture.confirmUnpaid(order.orderId)).toMatchObject({ status: 200, body: { unpaid: true } });
        expect((await fixture.buyer(order).post('/payments', { orderId: order.orderId })).status).toBe(409);
      }
    });

    it('captures what was captured at Razorpay and never told', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
      await fixture.pay(razorpayOrder.id);
      expect((await fixture.confirmUnpaid(order.orderId)).body).toEqual({ unpaid: false, paymentId: payment.id });
      expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
      expect((await fixture.confirmUnpaid(order.orderId)).body).toEqual({ unpaid: false, paymentId: payment.id });
    });

    it('takes what is only authorized', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: false });
      expect((await fixture.confirmUnpaid(order.orderId)).body).toEqual({ unpaid: false, paymentId: payment.id });
      expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
    });

    it.each(['timeout', 'html-502', 'error-500'] as const)(
      'makes the order wait while Razorpay answers with %s',
      async (kind) => {
        const { order, payment } = await fixture.checkout();
        await fixture.fault({ route: 'GET /orders/:id/payments', kind });
        expect((await fixture.confirmUnpaid(order.orderId)).status).toBe(503);
        expect((await fixture.payment(payment.id)).status).toBe('PENDING');
        expect((await fixture.confirmUnpaid(order.orderId)).body).toEqual({ unpaid: true });
      },
    );

    it('and a capture at the same time agree: unpaid and given back, or paid', async () => {
      for (let race = 0; race < 6; race += 1) {
        const { order, payment, razorpayOrder } = await fixture.checkout();
        const paid = await fixture.pay(razorpayOrder.id);
        const webhooks = await fixture.webhooksAbout(razorpayOrder.id);
        // Razorpay's list lags: it says that nothing was tried.
        await fixture.fault({ route: 'GET /orders/:id/payments', kind: 'latency', delayMs: 5 });
        const [answer] = await Promise.all([
          fixture.confirmUnpaid(order.orderId),
          fixture.verify(paid),
          ...webhooks.map((webhook) => fixture.deliver(webhook)),
        ]);
        const { status } = await fixture.payment(payment.id);
        if (answer.body.unpaid) await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
        else expect(status).toBe('SUCCESS');
      }
    });
  });

  describe('an offline payment', () => {
    it('settles the order once, with who and why', async () => {
      const { order, payment } = await fixture.checkout();
      const answers = await Promise.all([offline(order), offline(order), offline(order)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(new Set(answers.map(({ body }) => body.paymentId)).size).toBe(1);
      const id = answers[0].body.paymentId;
      expect(await fixture.payment(id)).toMatchObject({ status: 'SUCCESS', provider: 'OFFLINE', amount: 3000 });
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
      expect(await fixture.adminActionsOn(order.orderId)).toEqual([
        { actor: ADMIN.userId, action: 'PAYMENT_RECORDED' },
      ]);

      // The checkout that was still open: its money is a second capture.
      const paid = await fixture.pay(payment.razorpayOrderId ?? '');
      await fixture.deliverAllAbout(paid.razorpay_payment_id);
      await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
    });

    it('is refused for an order that waits for no money', async () => {
      const order = fixture.addOrder({ payable: false, status: 'CANCELLED', reason: 'CANCELLED' });
      expect(await offline(order)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
      const closed = fixture.addOrder();
      await fixture.confirmUnpaid(closed.orderId);
      expect(await offline(closed)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
    });
  });

  describe('attaching a Razorpay payment', () => {
    const attach = (order: TestOrder, razorpayPaymentId: string) =>
      ask(order, 'attach-payment', { razorpayPaymentId, actorId: ADMIN.userId });

    it('settles the order when Razorpay agrees in everything', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const paid = await fixture.pay(razorpayOrder.id);
      expect(await attach(order, paid.razorpay_payment_id)).toMatchObject({
        status: 200,
        body: { paymentId: payment.id },
      });
      expect(await fixture.adminActionsOn(order.orderId)).toEqual([
        { actor: ADMIN.userId, action: 'PAYMENT_ATTACHED' },
      ]);
      expect((await attach(order, paid.razorpay_payment_id)).body.paymentId).toBe(payment.id);
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    });

    it('refuses another order’s, a wrong amount, an uncaptured and an unknown one', async () => {
      const { order, razorpayOrder } = await fixture.checkout();
      const other = await fixture.checkout();
      const paid = await fixture.pay(other.razorpayOrder.id);
      expect(await attach(order, paid.razorpay_payment_id)).toMatchObject({
        status: 422,
        body: { code: 'PAYMENT_OF_ANOTHER_ORDER' },
      });
      const wrong = await fixture.pay(razorpayOrder.id, { outcome: 'success', amount: 100 });
      expect(await attach(order, wrong.razorpay_payment_id)).toMatchObject({
        status: 422,
        body: { code: 'AMOUNT_MISMATCH' },
      });
      const held = await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: false });
      expect(await attach(order, held.razorpay_payment_id)).toMatchObject({
        status: 422,
        body: { code: 'PAYMENT_NOT_CAPTURED' },
      });
      expect(await attach(order, 'pay_ABCDEFGHIJKLMN')).toMatchObject({
        status: 422,
        body: { code: 'PAYMENT_NOT_FOUND' },
      });
      await fixture.fault({ route: 'GET /payments/:id', kind: 'html-502' });
      expect((await attach(order, held.razorpay_payment_id)).status).toBe(503);
      expect(await fixture.typesOf(order.orderId)).toEqual([]);
    });
  });

  describe('making the Razorpay order', () => {
    it.each(['timeout', 'html-502', 'drop-after-effect', 'error-500'] as const)(
      'gives one Razorpay order though Razorpay answers with %s first',
      async (kind) => {
        const order = fixture.addOrder();
        await fixture.fault({ route: 'POST /orders', kind });
        const first = await fixture.createOrder(order);
        expect((await fixture.createOrder(order)).razorpayOrder.id).toBe(first.razorpayOrder.id);
        await fixture.pay(first.razorpayOrder.id);
        await fixture.deliverAllAbout(first.razorpayOrder.id);
        expect((await fixture.payment(first.payment.id)).status).toBe('SUCCESS');
      },
    );

    it('answers 503 while Razorpay is silent, and finds the order that it made by its receipt later', async () => {
      const order = fixture.addOrder();
      await fixture.fault({ route: 'POST /orders', kind: 'drop-after-effect' });
      await fixture.fault({ route: 'GET /orders', kind: 'timeout' });
      const buyer = fixture.buyer(order);
      const refused = await buyer.post<Problem>('/payments/razorpay/create-order', { orderId: order.orderId });
      expect(refused).toMatchObject({ status: 503, body: { code: 'PAYMENT_GATEWAY_UNAVAILABLE' } });
      expect(refused.headers.get('retry-after')).not.toBeNull();
      const made = await fixture.createOrder(order);
      expect(made.razorpayOrder.receipt).toBe(`order_${order.orderId.replaceAll('-', '')}`);
      expect(
        await fixture.service.db.query('select 1 from payments where subject_id = $1', [order.orderId]),
      ).toHaveLength(1);
    });

    it('does not keep others waiting when the one that makes it gives up', async () => {
      const order = fixture.addOrder();
      await fixture.fault({ route: 'POST /orders', kind: 'timeout' });
      await fixture.fault({ route: 'GET /orders', kind: 'timeout' });
      const asked = Array.from({ length: 3 }, () => fixture.buyer(order).post('/payments', { orderId: order.orderId }));
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(statuses.every((status) => status === 201 || status === 503)).toBe(true);
      expect((await fixture.buyer(order).post('/payments', { orderId: order.orderId })).status).toBe(201);
    });

    it('makes another one when another amount is owed, and gives back what comes for the old one', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      order.payablePaise = 250_000;
      const anew = await fixture.createOrder(order);
      expect(anew).toMatchObject({ payment: { amount: 2500 }, razorpayOrder: { amount: 250_000 } });
      expect(anew.payment.id).not.toBe(payment.id);
      const paid = await fixture.pay(razorpayOrder.id);
      await fixture.deliverAllAbout(paid.razorpay_payment_id);
      await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
      await fixture.pay(anew.razorpayOrder.id);
      await fixture.deliverAllAbout(anew.razorpayOrder.id);
      expect((await fixture.payment(anew.payment.id)).status).toBe('SUCCESS');
    });
  });

  const daysUntilAsked = async (paymentId: string): Promise<number | null> => {
    const [row] = await fixture.service.db.query<{ days: number | null }>(
      'select round(extract(epoch from reconcile_at - created_at) / 86400)::int as days from payments where id = $1',
      [paymentId],
    );
    return row?.days ?? null;
  };
  const due = (paymentId: string) =>
    fixture.service.db.query('update payments set reconcile_at = now() where id = $1', [paymentId]);

  it('reconciles a payment whose webhooks never came; once it is paid, after a day and at the end of the fifth', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
    await due(payment.id);
    await Promise.all([fixture.reconcile(), fixture.reconcile()]);
    expect((await fixture.payment(payment.id)).status).toBe('FAILED');
    await fixture.pay(razorpayOrder.id);
    await due(payment.id);
    await fixture.reconcile();
    expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
    expect(await daysUntilAsked(payment.id)).toBe(1);
    await due(payment.id);
    await fixture.reconcile();
    expect(await daysUntilAsked(payment.id)).toBe(5);
    await fixture.service.db.query(
      `update payments set created_at = now() - interval '5 days', reconcile_at = now() where id = $1`,
      [payment.id],
    );
    await fixture.reconcile();
    expect(await daysUntilAsked(payment.id)).toBeNull();
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_FAILED', 'PAYMENT_SUCCESS']);
  });

  it('finds a second capture of a paid order whose every webhook was lost, and gives it back', async () => {
    const { order, payment, razorpayOrder } = await fixture.paidOrder();
    await fixture.pay(razorpayOrder.id);
    await due(payment.id);
    await fixture.reconcile();
    await eventually(async () => (await fixture.typesOf(order.orderId)).includes('PAYMENT_REFUNDED'));
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toMatchObject([
      { data: { settlesOrder: false, refundPaise: 300_000 } },
    ]);
    expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
  });
});
