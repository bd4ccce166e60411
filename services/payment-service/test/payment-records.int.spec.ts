import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { watchStatements } from '@reseller/testing';
import type { PaymentDetailView, PaymentView } from '../src/payments/payments.schemas.js';
import { ADMIN, PaymentFixture } from './payment-fixture.js';

const statements = watchStatements();

interface PageOf<T> {
  readonly data: readonly T[];
  readonly total: number;
}

describe('the record of a payment', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  const detail = async (id: string, client = fixture.admin) =>
    (await client.get<PaymentDetailView>(`/payments/${id}`)).body;

  describe('shows what 000 prints', () => {
    it('before, after it was authorized, captured and refunded', async () => {
      const { payment, razorpayOrder } = await fixture.checkout();
      expect(await detail(payment.id)).toMatchObject({
        razorpayOrderId: razorpayOrder.id,
        razorpayPaymentId: null,
        method: null,
        webhookAttempts: 0,
        refundAmount: 0,
        attempts: [],
      });
      const paid = await fixture.pay(razorpayOrder.id, { outcome: 'success', method: 'card' });
      const webhooks = await fixture.webhooksAbout(razorpayOrder.id);
      await fixture.deliver(named(webhooks, 'payment.authorized'));
      const authorized = await detail(payment.id);
      expect(authorized).toMatchObject({
        status: 'PROCESSING',
        gatewayStatus: 'authorized',
        authorizedAt: expect.any(String),
        capturedAt: null,
        webhookAttempts: 1,
      });
      await fixture.deliver(named(webhooks, 'payment.captured'));
      const captured = await detail(payment.id);
      expect(captured).toMatchObject({
        status: 'SUCCESS',
        gatewayStatus: 'captured',
        method: 'CARD',
        amount: 3000,
        currency: 'INR',
        razorpayPaymentId: paid.razorpay_payment_id,
        authorizedAt: authorized.authorizedAt,
        capturedAt: expect.any(String),
        webhookAttempts: 2,
        webhookReceivedAt: expect.any(String),
        webhookProcessedAt: expect.any(String),
        failedAt: null,
        refundedAt: null,
        fee: expect.any(Number),
        feeTax: expect.any(Number),
        attempts: [{ razorpayPaymentId: paid.razorpay_payment_id, status: 'captured', amount: 3000 }],
      });
      await fixture.admin.post(`/payments/${payment.id}/refund`, { amount: 1000, reason: 'One item damaged' });
      await fixture.refundsSettled(payment.id);
      expect(await detail(payment.id)).toMatchObject({
        status: 'PARTIALLY_REFUNDED',
        refundAmount: 1000,
        refundOwed: 0,
        refundedAt: expect.any(String),
        refundReason: 'One item damaged',
      });
    });

    it('of a failure until it was overcome, and each try of the customer', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
      await fixture.deliverAllAbout(razorpayOrder.id);
      const failed = await detail(payment.id);
      expect(failed).toMatchObject({ status: 'FAILED', failedAt: expect.any(String) });
      expect(failed.failureReason).not.toBeNull();
      await fixture.pay(razorpayOrder.id);
      await fixture.deliverAllAbout(razorpayOrder.id);
      const buyers = await detail(payment.id, fixture.buyer(order));
      expect(buyers).toMatchObject({ status: 'SUCCESS', failedAt: null, failureReason: null, fee: null, feeTax: null });
      expect(buyers.attempts.map(({ status }) => status)).toEqual(['failed', 'captured']);
    });

    it('of what is owed back and has not arrived', async () => {
      await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'manually' });
      const { payment } = await fixture.paidOrder();
      await fixture.admin.post(`/payments/${payment.id}/refund`, { amount: 700, reason: 'Torn' });
      await fixture.refundsSettled(payment.id, 'PENDING');
      await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'at-once' });
      expect(await detail(payment.id)).toMatchObject({
        status: 'SUCCESS',
        refundAmount: 700,
        refundedAmount: 0,
        refundOwed: 700,
        refundedAt: null,
        refundReason: 'Torn',
      });
    });

    it('of a capture that went back, with what Razorpay kept of it', async () => {
      const { payment, razorpayOrder } = await fixture.paidOrder();
      const second = await fixture.pay(razorpayOrder.id);
      const verified = await fixture.verify(second);
      const secondId = String(verified.body.details?.['paymentId']);
      expect(secondId).not.toBe(payment.id);
      expect(await detail(secondId)).toMatchObject({ fee: expect.any(Number), authorizedAt: expect.any(String) });
    });
  });

  describe('is opened with what 000 sends', () => {
    it('the business, the customer, a receipt and notes, which Razorpay is shown', async () => {
      const order = fixture.addOrder();
      order.buyer = { ...order.buyer, customerId: newId() };
      const answer = await fixture.buyer(order).post<PaymentView>('/payments', {
        businessId: order.businessId,
        tenantId: newId(),
        orderId: order.orderId,
        customerId: order.buyer.customerId,
        amount: 3000,
        currency: 'INR',
        receipt: order.orderNumber,
        notes: { customerName: 'Rahul Sharma', orderId: 'none of yours' },
      });
      expect(answer.status).toBe(201);
      const atRazorpay = await fixture.atRazorpay<{ receipt: string; notes: Record<string, string> }>(
        `/v1/orders/${answer.body.razorpayOrderId}`,
      );
      expect(atRazorpay.receipt).toBe(`order_${order.orderId.replaceAll('-', '')}`);
      expect(atRazorpay.notes).toMatchObject({
        customerName: 'Rahul Sharma',
        receipt: order.orderNumber,
        orderId: order.orderId,
      });
    });

    it.each([
      ['another business', { businessId: newId() }, 422, 'ORDER_MISMATCH'],
      ['another customer', { customerId: newId() }, 422, 'ORDER_MISMATCH'],
      [
        'eleven notes',
        { notes: Object.fromEntries(Array.from({ length: 11 }, (_, key) => [`note${key}`, ''])) },
        400,
        'VALIDATION_FAILED',
      ],
    ])('but not for %s', async (_what, body, status, code) => {
      const order = fixture.addOrder();
      expect(await fixture.buyer(order).post('/payments', { orderId: order.orderId, ...body })).toMatchObject({
        status,
        body: { code },
      });
      expect(await fixture.paymentsOf(order)).toEqual([]);
    });
  });

  it('is the same one, with the same Razorpay order, when a customer whose try failed pays again', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
    await fixture.deliverAllAbout(razorpayOrder.id);
    expect((await detail(payment.id)).status).toBe('FAILED');
    const again = await fixture.createOrder(order);
    expect(again).toMatchObject({
      payment: { id: payment.id, status: 'FAILED' },
      razorpayOrder: { id: razorpayOrder.id, status: 'attempted' },
    });
    await fixture.pay(again.razorpayOrder.id);
    await fixture.deliverAllAbout(again.razorpayOrder.id);
    expect((await detail(payment.id)).status).toBe('SUCCESS');
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_FAILED', 'PAYMENT_SUCCESS']);
  });

  describe('is polled', () => {
    it('by its owner, with one statement', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const poll = () => fixture.buyer(order).get<Record<string, unknown>>(`/payments/${payment.id}/status`);
      expect((await poll()).body).toEqual({
        id: payment.id,
        orderId: order.orderId,
        status: 'PENDING',
        gatewayStatus: null,
        amount: 3000,
        currency: 'INR',
        refundedAmount: 0,
        failureReason: null,
        updatedAt: expect.any(String),
      });
      expect(await statements.during(poll)).toHaveLength(1);
      await fixture.pay(razorpayOrder.id);
      await fixture.deliverAllAbout(razorpayOrder.id);
      expect((await poll()).body).toMatchObject({ status: 'SUCCESS', gatewayStatus: 'captured' });
      expect((await fixture.client.as({ userId: newId() }).get(`/payments/${payment.id}/status`)).status).toBe(404);
      expect((await fixture.client.anonymous().get(`/payments/${payment.id}/status`)).status).toBe(404);
      expect((await fixture.buyer(order).get(`/payments/${newId()}/status`)).status).toBe(404);
    });

    it('by a guest, about whose token the order service is asked once', async () => {
      const buyer = { userId: null, customerId: null, name: null, email: 'g@example.com', phone: null };
      const { order, payment } = await fixture.checkoutAsGuest({ buyer });
      const guest = fixture.client.anonymous().with({ 'x-order-token': order.orderToken });
      const before = fixture.neighbours.calls.length;
      for (let time = 0; time < 5; time += 1) {
        expect((await guest.get(`/payments/${payment.id}/status`)).status).toBe(200);
      }
      expect(fixture.neighbours.calls).toHaveLength(before + 1);
      const stranger = fixture.client.anonymous().with({ 'x-order-token': 'guessed' });
      expect((await stranger.get(`/payments/${payment.id}/status`)).status).toBe(404);
    });
  });

  describe('is found', () => {
    const idsOf = async (query: string, client = fixture.admin) => {
      const { status, body } = await client.get<PageOf<PaymentView>>(`/payments?${query}`);
      expect([query, status]).toEqual([query, 200]);
      return body.data.map(({ id }) => id);
    };

    it('by status in any case, method, provider, amount, time, order and whole ids', async () => {
      const before = new Date().toISOString();
      const { order, payment, razorpayOrder, paid } = await fixture.paidOrder({ totalPaise: 123_457 });
      const second = await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
      await fixture.deliverAllAbout(second.razorpay_payment_id);
      const refund = await fixture.admin.post<{ refundNumber: string }>(`/payments/${payment.id}/refund`, {
        amount: 1,
        reason: 'x',
      });
      const [made] = await fixture.refundsSettled(payment.id);
      const other = await fixture.checkout({ totalPaise: 50_000 });
      const after = new Date(Date.now() + 1_000).toISOString();
      const inTime = `from=${before}&to=${after}`;
      const found = {
        [`${inTime}&status=partially_refunded`]: [payment.id],
        [`${inTime}&status=CAPTURED`]: [payment.id],
        [`${inTime}&status=Captured&method=upi&provider=razorpay`]: [payment.id],
        [`${inTime}&method=CARD`]: [],
        [`${inTime}&provider=COD`]: [],
        'minAmount=1234.57&maxAmount=1234.57': [payment.id],
        'minAmount=1234.58&maxAmount=1234.99': [],
        [`${inTime}&maxAmount=500`]: [other.payment.id],
        [`${inTime}&sort=amount`]: [other.payment.id, payment.id],
        [`${inTime}&sort=-amount`]: [payment.id, other.payment.id],
        [`${inTime}&sort=createdAt`]: [payment.id, other.payment.id],
        [`${inTime}&page=2&limit=1`]: [payment.id],
        [`to=${before}&q=${payment.id}`]: [],
        [`orderId=${order.orderNumber.toLowerCase()}`]: [payment.id],
        [`q=${order.orderNumber}`]: [payment.id],
        [`q=${order.orderId}`]: [payment.id],
        [`q=${payment.id}`]: [payment.id],
        [`q=${razorpayOrder.id}`]: [payment.id],
        [`q=${paid.razorpay_payment_id}`]: [payment.id],
        [`q=${second.razorpay_payment_id}`]: [payment.id],
        [`q=${made?.razorpayRefundId}`]: [payment.id],
        [`q=${refund.body.refundNumber}`]: [payment.id],
        'q=nothing-like-it': [],
        'q=%25': [],
      };
      for (const [query, ids] of Object.entries(found)) expect([query, await idsOf(query)]).toEqual([query, ids]);
      for (const wrong of [
        'minAmount=1.234',
        'minAmount=-1',
        'provider=PAYPAL',
        'sort=status',
        'from=yesterday',
        'q=',
      ]) {
        expect([wrong, (await fixture.admin.get(`/payments?${wrong}`)).status]).toEqual([wrong, 400]);
      }
    });

    it('by an administrator of another business never, whatever they ask for', async () => {
      const businessId = newId();
      const [theirs, ours] = [await fixture.paidOrder({ businessId }), await fixture.paidOrder()];
      const admin = fixture.client.as({ ...ADMIN, businessId });
      expect(await idsOf('', admin)).toEqual([theirs.payment.id]);
      expect(await idsOf(`q=${ours.payment.id}`, admin)).toEqual([]);
      expect(await idsOf(`businessId=${ours.order.businessId}`, admin)).toEqual([]);
      expect(await idsOf(`userId=${ours.order.buyer.userId}`, admin)).toEqual([]);
      expect(await idsOf(`businessId=${businessId}`)).toEqual([theirs.payment.id]);
      for (const path of ['', '/status', '/refunds']) {
        expect((await admin.get(`/payments/${ours.payment.id}${path}`)).status).toBe(404);
      }
      for (const path of ['refund', 'capture']) {
        expect((await admin.post(`/payments/${ours.payment.id}/${path}`, { reason: 'Mine now' })).status).not.toBe(200);
      }
      expect(await fixture.refundsOf(ours.payment.id)).toEqual([]);
    });
  });
});

function named<T extends { readonly event: string }>(webhooks: readonly T[], event: string): T {
  const webhook = webhooks.find((candidate) => candidate.event === event);
  if (webhook === undefined) throw new Error(`the sandbox sends no ${event}`);
  return webhook;
}
