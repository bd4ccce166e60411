import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN, PaymentFixture } from './payment-fixture.js';

describe('verifying a payment', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  it('settles once, whatever mixture of verifies and webhooks comes at the same time', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    const webhooks = await fixture.webhooksAbout(razorpayOrder.id);
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => fixture.verify(paid)),
      ...webhooks.map((webhook) => fixture.deliver(webhook)),
      ...webhooks.map((webhook) => fixture.deliver({ ...webhook, eventId: `${webhook.eventId}-again` })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.slice(0, 4).map(({ body }) => body)).toEqual(
      Array.from({ length: 4 }, () => expect.objectContaining({ id: payment.id, status: 'SUCCESS' })),
    );
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    const rows = await fixture.service.db.query('select 1 from payments where subject_id = $1', [order.orderId]);
    expect(rows).toHaveLength(1);
  });

  it('refuses a forged signature without touching the payment', async () => {
    const { payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    const other = await fixture.checkout();
    const forgeries = [
      { razorpay_signature: '0'.repeat(64) },
      { razorpay_signature: 'not-even-hex' },
      { razorpay_payment_id: 'pay_ABCDEFGHIJKLMN' },
      // A true signature, over another order.
      { razorpay_order_id: other.razorpayOrder.id },
    ];
    for (const forged of forgeries) {
      expect(await fixture.verify(paid, forged)).toMatchObject({ status: 400, body: { code: 'INVALID_SIGNATURE' } });
    }
    expect((await fixture.payment(payment.id)).status).toBe('PENDING');
    expect((await fixture.verify(paid)).body.status).toBe('SUCCESS');
  });

  it('takes 004’s address and names', async () => {
    const { order, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    const answer = await fixture.client.anonymous().post('/orders/verify-payment', {
      orderId: order.orderId,
      razorpayOrderId: paid.razorpay_order_id,
      razorpayPaymentId: paid.razorpay_payment_id,
      razorpaySignature: paid.razorpay_signature,
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        status: 'SUCCESS',
        orderId: order.orderId,
        orderStatus: 'PAID',
        paymentStatus: 'PAID',
        totalAmount: order.totalPaise / 100,
      },
    });
  });

  it('says under 004’s address what is true of the order: PENDING while nothing is settled, CANCELLED once it is', async () => {
    const { order, razorpayOrder } = await fixture.checkout();
    const { status: _status, ...claim } = await fixture.pay(razorpayOrder.id);
    const ask = () => fixture.client.anonymous().post('/orders/verify-payment', claim);
    await fixture.fault({ route: 'GET /payments/:id', kind: 'error-500', times: 9 });
    const waiting = { status: 'PROCESSING', orderStatus: 'PENDING', paymentStatus: 'PENDING' };
    expect(await ask()).toMatchObject({ status: 200, body: waiting });
    await fixture.control('DELETE', '/sandbox/faults');
    expect(await ask()).toMatchObject({ status: 200, body: { orderStatus: 'PAID', paymentStatus: 'PAID' } });
    await fixture.cancel(order);
    await fixture.refundsSettled((await fixture.paymentsOf(order))[0]?.id ?? '');
    expect(await ask()).toMatchObject({ status: 200, body: { orderStatus: 'CANCELLED', paymentStatus: 'REFUNDED' } });
  });

  it('refuses a true payment for another order than the client names, by id or number', async () => {
    const { order, razorpayOrder } = await fixture.checkout();
    const other = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    for (const orderId of [other.order.orderId, other.order.orderNumber]) {
      expect(await fixture.verify(paid, { orderId })).toMatchObject({ status: 422, body: { code: 'ORDER_MISMATCH' } });
    }
    expect((await fixture.payment(other.payment.id)).status).toBe('PENDING');
    expect((await fixture.verify(paid, { orderId: order.orderNumber })).body.status).toBe('SUCCESS');
  });

  it('refuses what is not a Razorpay id before it gets into a URL', async () => {
    const { razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    expect((await fixture.verify(paid, { razorpay_payment_id: 'pay_../../orders?' })).status).toBe(400);
  });

  it('captures what is only authorized', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: false });
    expect((await fixture.verify(paid)).body).toMatchObject({ id: payment.id, status: 'SUCCESS' });
    await fixture.deliverAllAbout(razorpayOrder.id);
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
  });

  it('says FAILED for what failed, and SUCCESS when that very attempt succeeds late', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
    expect((await fixture.verify(paid)).body).toMatchObject({
      id: payment.id,
      status: 'FAILED',
      gatewayStatus: 'failed',
    });
    await fixture.deliverAllAbout(razorpayOrder.id);
    expect(await fixture.eventsOf(order.orderId)).toMatchObject([{ type: 'PAYMENT_FAILED', data: { attempt: 1 } }]);
    const late = await fixture.pay(razorpayOrder.id, { outcome: 'late-success' });
    await fixture.deliverAllAbout(late.razorpay_payment_id);
    expect(await fixture.payment(payment.id)).toMatchObject({
      status: 'SUCCESS',
      razorpayPaymentId: late.razorpay_payment_id,
    });
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_FAILED', 'PAYMENT_FAILED', 'PAYMENT_SUCCESS']);
    expect((await fixture.eventsOf(order.orderId, 'PAYMENT_FAILED')).map(({ data }) => data['attempt'])).toEqual([
      1, 2,
    ]);
  });

  it.each([
    { kind: 'timeout' as const },
    { kind: 'error-500' as const },
    { kind: 'html-502' as const },
    { kind: 'drop-after-effect' as const },
  ])('is PROCESSING while Razorpay answers with $kind, and reconciliation finishes it', async ({ kind }) => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    await fixture.fault({ route: 'GET /payments/:id', kind });
    expect((await fixture.verify(paid)).body).toMatchObject({ id: payment.id, status: 'PROCESSING' });
    await fixture.service.db.query('update payments set reconcile_at = now() where id = $1', [payment.id]);
    await fixture.reconcile();
    expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
  });
});

describe('authorized payments', () => {
  it('are captured by the job when Razorpay does not capture them by itself', async () => {
    const fixture = await PaymentFixture.start({ PAYMENT_CAPTURE_DELAY: '0ms' });
    try {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: false });
      await fixture.deliverAllAbout(razorpayOrder.id);
      expect(await fixture.payment(payment.id)).toMatchObject({ status: 'PROCESSING', gatewayStatus: 'authorized' });
      await fixture.fault({ route: 'POST /payments/:id/capture', kind: 'drop-after-effect' });
      await Promise.all([fixture.captureDue(), fixture.captureDue()]);
      expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);

      const wrong = await fixture.checkout();
      await fixture.pay(wrong.razorpayOrder.id, { outcome: 'success', capture: false, amount: 100 });
      await fixture.deliverAllAbout(wrong.razorpayOrder.id);
      expect(await fixture.captureDue()).toBe(1);
      expect(await fixture.captureDue()).toBe(0);
      expect(await fixture.typesOf(wrong.order.orderId)).toEqual([]);
      await fixture.mustHold();
    } finally {
      await fixture.stop();
    }
  });

  it('wait for an administrator where capture is manual', async () => {
    const fixture = await PaymentFixture.start({ PAYMENT_CAPTURE: 'manual' });
    try {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const paid = await fixture.pay(razorpayOrder.id);
      expect((await fixture.verify(paid)).body.status).toBe('PROCESSING');
      await fixture.deliverAllAbout(razorpayOrder.id);
      expect(await fixture.captureDue()).toBe(0);
      const unpaid = await fixture.confirmUnpaid(order.orderId);
      expect(unpaid.body).toEqual({ unpaid: false, paymentId: payment.id });
      expect((await fixture.buyer(order).post(`/payments/${payment.id}/capture`)).status).toBe(403);
      const captured = await fixture.admin.post(`/payments/${payment.id}/capture`);
      expect(captured).toMatchObject({ status: 200, body: { status: 'SUCCESS' } });
      expect(await fixture.admin.post(`/payments/${payment.id}/capture`)).toMatchObject({
        status: 409,
        body: { code: 'PAYMENT_ALREADY_CAPTURED' },
      });
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
      expect(await fixture.adminActionsOn(payment.id)).toEqual([
        { actor: ADMIN.userId, action: 'PAYMENT_CAPTURE_REQUESTED' },
      ]);
    } finally {
      await fixture.stop();
    }
  });
});
