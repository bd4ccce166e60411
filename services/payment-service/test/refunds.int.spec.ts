import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import type { RefundView } from '../src/refunds/refunds.schemas.js';
import { ADMIN, PaymentFixture, type Problem } from './payment-fixture.js';

interface PageOf<T> {
  readonly data: readonly T[];
  readonly total: number;
}

describe('giving money back', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(async () => {
    await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'at-once' });
    await fixture.mustHold();
  });

  const refund = (paymentId: string, body: object, headers = {}) =>
    fixture.admin.post<RefundView & Omit<Problem, 'status'>>(
      `/payments/${paymentId}/refund`,
      { reason: 'Damaged', ...body },
      headers,
    );

  it('gives a part back, then the rest, and tells each time how much so far', async () => {
    const { order, payment } = await fixture.paidOrder();
    const first = await refund(payment.id, { amount: 1000.5 });
    expect(first).toMatchObject({ status: 201, body: { amount: 1000.5, status: 'REQUESTED', settlesOrder: true } });
    expect(first.body.refundNumber).toMatch(/^REF-\d{4}-\d{6,}$/);
    await fixture.refundsSettled(payment.id);
    expect(await fixture.payment(payment.id)).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: 1000.5 });
    expect((await refund(payment.id, {})).body).toMatchObject({ amount: 1999.5 });
    await fixture.refundsSettled(payment.id);
    expect(await fixture.payment(payment.id)).toMatchObject({ status: 'REFUNDED', refundedAmount: 3000 });
    const told = (await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).map(({ data }) => data);
    expect(told).toMatchObject([
      { refundPaise: 100_050, refundedTotalPaise: 100_050, settlesOrder: true },
      { refundPaise: 199_950, refundedTotalPaise: 300_000, settlesOrder: true },
    ]);
    // The webhooks of the refunds say what is known.
    await fixture.deliverAllAbout(payment.razorpayOrderId ?? '');
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toHaveLength(2);
    expect((await fixture.buyer(order).get<PageOf<RefundView>>('/refunds')).body.total).toBe(2);
    expect((await fixture.client.as({ userId: newId() }).get(`/refunds/${first.body.id}`)).status).toBe(404);
    expect((await fixture.buyer(order).get(`/refunds/${first.body.id}`)).status).toBe(200);
  });

  it('says to the order service that all goes back as soon as it was asked for', async () => {
    const { order, payment } = await fixture.paidOrder();
    const goingBack = async (orderId = order.orderId) =>
      (await fixture.client.asService('order').get(`/internal/orders/${orderId}/refunds`)).body;
    expect([await goingBack(), await goingBack(newId())]).toEqual([{ isGoingBack: false }, { isGoingBack: false }]);
    await refund(payment.id, { amount: 2999 });
    expect(await goingBack()).toEqual({ isGoingBack: false });
    await refund(payment.id, {});
    expect(await goingBack()).toEqual({ isGoingBack: true });
  });

  it('never gives more back than came in, however many ask at once', async () => {
    const { payment } = await fixture.paidOrder();
    expect(await refund(payment.id, { amount: 3000.01 })).toMatchObject({
      status: 422,
      body: { code: 'REFUND_EXCEEDS_CAPTURED', details: { refundable: 3000 } },
    });
    const answers = await Promise.all(Array.from({ length: 8 }, () => refund(payment.id, { amount: 1000 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409, 409, 409]);
    await fixture.refundsSettled(payment.id);
    expect((await fixture.payment(payment.id)).refundedAmount).toBe(3000);
  });

  it('gives back once for one Idempotency-Key', async () => {
    const { payment } = await fixture.paidOrder();
    const key = { 'idempotency-key': newId() };
    const first = await refund(payment.id, { amount: 10 }, key);
    expect((await refund(payment.id, { amount: 10 }, key)).body.id).toBe(first.body.id);
    expect((await refund(payment.id, { amount: 11 }, key)).status).toBe(422);
    expect(await fixture.refundsOf(payment.id)).toHaveLength(1);
  });

  it('keeps notes and reason, for Razorpay’s dashboard and administrators alone', async () => {
    const { order, payment, paid } = await fixture.paidOrder();
    const notes = { requestedBy: 'customer', refundType: 'quality_issue' };
    const asked = await refund(payment.id, { reason: 'Customer not satisfied with quality', notes });
    expect(asked.body).toMatchObject({ amount: 3000, notes, requestedBy: ADMIN.userId });
    await fixture.refundsSettled(payment.id);
    const made = await fixture.atRazorpay<{ items: { notes: object }[] }>(
      `/v1/payments/${paid.razorpay_payment_id}/refunds`,
    );
    expect(made.items).toMatchObject([
      { notes: { ...notes, reason: 'Customer not satisfied with quality', refundId: asked.body.id } },
    ]);
    const seen = await fixture.buyer(order).get(`/refunds/${asked.body.id}`);
    expect(seen.body).toMatchObject({ status: 'PROCESSED', notes: null, requestedBy: null, lastError: null });
    expect((await refund(payment.id, { notes: 'Told by phone' })).status).toBe(409);
  });

  it('is for administrators who still are', async () => {
    const { order, payment } = await fixture.paidOrder();
    expect((await fixture.buyer(order).post(`/payments/${payment.id}/refund`, { reason: 'Please' })).status).toBe(403);
    fixture.auth.dismissed.add(ADMIN.userId);
    expect((await refund(payment.id, {})).status).toBe(403);
    fixture.auth.dismissed.clear();
    const unpaid = await fixture.checkout();
    expect(await refund(unpaid.payment.id, {})).toMatchObject({ status: 409, body: { code: 'PAYMENT_NOT_CAPTURED' } });
  });

  it.each(['timeout', 'html-502', 'drop-after-effect', 'error-500'] as const)(
    'refunds once when Razorpay answers with %s first',
    async (kind) => {
      const { order, payment, paid } = await fixture.paidOrder();
      await fixture.fault({ route: 'POST /payments/:id/refund', kind });
      await refund(payment.id, { amount: 500 });
      await eventually(
        async () =>
          (
            await fixture.service.db.query<{ last_error: string | null }>(
              'select last_error from refunds where payment_id = $1',
              [payment.id],
            )
          )[0]?.last_error != null,
      );
      expect((await fixture.refundsOf(payment.id))[0]?.status).toBe('REQUESTED');
      await fixture.makeRefundsDue(payment.id);
      await fixture.processRefunds();
      await fixture.refundsSettled(payment.id);
      const atRazorpay = await fixture.control<{ items: unknown[] }>(
        'GET',
        `/sandbox/webhooks?about=${paid.razorpay_payment_id}&event=refund.processed`,
      );
      expect(atRazorpay.items).toHaveLength(1);
      await fixture.deliverAllAbout(paid.razorpay_payment_id);
      expect(
        (await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).map(({ data }) => data['refundPaise']),
      ).toEqual([50_000]);
    },
  );

  it('is with the customer only at processed, and is tried again after Razorpay failed it', async () => {
    await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'manually' });
    const { order, payment, paid } = await fixture.paidOrder();
    await refund(payment.id, { amount: 500 });
    const [pending] = await fixture.refundsSettled(payment.id, 'PENDING');
    expect(await fixture.payment(payment.id)).toMatchObject({ status: 'SUCCESS', refundedAmount: 0 });
    await fixture.control('POST', `/sandbox/refunds/${pending?.razorpayRefundId}/settle`, { status: 'failed' });
    await fixture.deliverAllAbout(paid.razorpay_payment_id);
    expect(await fixture.refundsOf(payment.id)).toMatchObject([{ status: 'FAILED_RETRYING', razorpayRefundId: null }]);
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toEqual([]);

    await fixture.makeRefundsDue(payment.id);
    await fixture.processRefunds();
    const [again] = await fixture.refundsSettled(payment.id, 'PENDING');
    expect(again?.razorpayRefundId).not.toBe(pending?.razorpayRefundId);
    await fixture.control('POST', `/sandbox/refunds/${again?.razorpayRefundId}/settle`, { status: 'processed' });
    await fixture.deliverAllAbout(paid.razorpay_payment_id);
    expect(await fixture.refundsOf(payment.id)).toMatchObject([{ status: 'PROCESSED' }]);
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toHaveLength(1);
  });

  it('stays owed and is told when Razorpay refuses for good, until an administrator finds another way', async () => {
    await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'manually' });
    const { order, payment, paid } = await fixture.paidOrder();
    await refund(payment.id, { amount: 500 });
    for (let round = 0; round < 5; round += 1) {
      const [pending] = await fixture.refundsSettled(payment.id, 'PENDING');
      await fixture.control('POST', `/sandbox/refunds/${pending?.razorpayRefundId}/settle`, { status: 'failed' });
      await fixture.deliverAllAbout(paid.razorpay_payment_id);
      await fixture.makeRefundsDue(payment.id);
      await fixture.processRefunds();
    }
    const [owed] = await fixture.refundsOf(payment.id);
    expect(owed).toMatchObject({ status: 'NEEDS_OTHER_MEANS', amount: 500 });
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUND_FAILED')).toMatchObject([
      { data: { owedPaise: 50_000 } },
    ]);
    expect(await refund(payment.id, {})).toMatchObject({ body: { amount: 2500 } });
    const waiting = await fixture.admin.get<PageOf<RefundView>>('/admin/refunds?status=NEEDS_OTHER_MEANS');
    expect(waiting.body.data.map(({ id }) => id)).toContain(owed?.id);

    const settle = () =>
      fixture.admin.post<RefundView>(`/admin/refunds/${owed?.id}/settle-otherwise`, { means: 'Bank transfer UTR 1' });
    expect(await settle()).toMatchObject({
      status: 200,
      body: { status: 'PROCESSED', otherMeans: 'Bank transfer UTR 1' },
    });
    expect((await settle()).status).toBe(409);
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toMatchObject([
      { data: { refundPaise: 50_000 } },
    ]);
  });

  it('imports refunds made in the dashboard, also when they overtake the capture', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    await fixture.control('POST', `/sandbox/payments/${paid.razorpay_payment_id}/refund-by-dashboard`, {
      amount: 120_000,
    });
    for (const webhook of (await fixture.webhooksAbout(razorpayOrder.id)).reverse()) {
      expect((await fixture.deliver(webhook)).status).toBe(200);
    }
    expect(await fixture.payment(payment.id)).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: 1200 });
    expect(await fixture.refundsOf(payment.id)).toMatchObject([
      { origin: 'DASHBOARD', status: 'PROCESSED', amount: 1200 },
    ]);
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS', 'PAYMENT_REFUNDED']);
  });

  it('does not pay twice what the dashboard paid first', async () => {
    const { order, payment, paid } = await fixture.paidOrder();
    await fixture.fault({ route: 'POST /payments/:id/refund', kind: 'error-500', times: 1 });
    await fixture.cancel(order);
    await eventually(async () => (await fixture.refundsOf(payment.id)).length === 1);
    await fixture.control('POST', `/sandbox/payments/${paid.razorpay_payment_id}/refund-by-dashboard`, {});
    await fixture.makeRefundsDue(payment.id);
    await fixture.processRefunds();
    await fixture.control('DELETE', '/sandbox/faults');
    const refunds = await fixture.refundsOf(payment.id);
    const given = refunds.filter(({ status }) => status === 'PROCESSED').reduce((sum, { amount }) => sum + amount, 0);
    expect(given).toBe(3000);
    expect(await fixture.payment(payment.id)).toMatchObject({ status: 'REFUNDED', refundedAmount: 3000 });
  });

  it('counts a refusal though Razorpay gave back more than our books hold, so that a person hears of it', async () => {
    const { payment } = await fixture.paidOrder();
    const setProvider = (provider: string) =>
      fixture.service.db.query('update payments set provider = $2 where id = $1', [payment.id, provider]);
    await setProvider('OFFLINE');
    const otherwise = await refund(payment.id, { amount: 2000 });
    await setProvider('RAZORPAY');
    await fixture.admin.post(`/admin/refunds/${otherwise.body.id}/settle-otherwise`, { means: 'UTR 1' });
    await fixture.fault({ route: 'POST /payments/:id/refund', kind: 'error-500', times: 1 });
    const rest = await refund(payment.id, {});
    const { razorpayPaymentId } = await fixture.payment(payment.id);
    // The webhook of this one is lost.
    await fixture.control('POST', `/sandbox/payments/${razorpayPaymentId}/refund-by-dashboard`, { amount: 300_000 });
    for (let round = 0; round < 6; round += 1) {
      await fixture.makeRefundsDue(payment.id);
      await fixture.processRefunds();
    }
    const refunds = await fixture.refundsOf(payment.id);
    expect(refunds.find(({ id }) => id === rest.body.id)).toMatchObject({ status: 'NEEDS_OTHER_MEANS', amount: 1000 });
  });

  it('leaves alone what Razorpay gives back because nobody captured it', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: false });
    await fixture.deliverAllAbout(razorpayOrder.id);
    await fixture.control('POST', `/sandbox/payments/${paid.razorpay_payment_id}/auto-refund`);
    await fixture.deliverAllAbout(razorpayOrder.id);
    expect(await fixture.payment(payment.id)).toMatchObject({
      status: 'FAILED',
      gatewayStatus: 'refunded',
      refundedAmount: 0,
    });
    expect(await fixture.typesOf(order.orderId)).toEqual([]);
    expect(await fixture.refundsOf(payment.id)).toEqual([]);
  });
});
