import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PaymentFixture } from './payment-fixture.js';

/** A refund that Razorpay fails after it had said that it was processed. */
describe('a refund that bounces', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  beforeEach(() => fixture.control('POST', '/sandbox/settings', { refundsSettle: 'manually' }));
  afterEach(() => fixture.mustHold());

  type News = 'processed' | 'failed';

  /** A refund that Razorpay has, and its webhooks, to be delivered in any order. */
  async function pendingRefund(amount: number, of?: Awaited<ReturnType<PaymentFixture['paidOrder']>>) {
    const { order, payment, paid } = of ?? (await fixture.paidOrder());
    const asked = await fixture.admin.post<{ id: string }>(`/payments/${payment.id}/refund`, {
      amount,
      reason: 'Torn',
    });
    const now = async () => (await fixture.refundsOf(payment.id)).find(({ id }) => id === asked.body.id);
    await fixture.refundPending(asked.body.id);
    const razorpayRefundId = (await now())?.razorpayRefundId;
    const deliver = (status: News) =>
      fixture.deliverBody({
        event: `refund.${status}`,
        payload: {
          refund: {
            entity: {
              id: razorpayRefundId,
              payment_id: paid.razorpay_payment_id,
              amount: amount * 100,
              status,
              notes: { refundId: asked.body.id, round: '1' },
            },
          },
        },
      });
    return { order, payment, paid, refundId: asked.body.id, razorpayRefundId, now, deliver };
  }

  it('is owed again and shown so, and told to those who were told that it had arrived', async () => {
    const { order, payment, refundId, now, deliver } = await pendingRefund(3000);
    await deliver('processed');
    expect(await fixture.payment(payment.id)).toMatchObject({ status: 'REFUNDED', refundedAmount: 3000 });
    await deliver('failed');
    expect(await now()).toMatchObject({ status: 'NEEDS_OTHER_MEANS', processedAt: null, razorpayRefundId: null });
    expect(await fixture.payment(payment.id)).toMatchObject({
      status: 'SUCCESS',
      gatewayStatus: 'captured',
      refundedAmount: 0,
      refundAmount: 3000,
      refundOwed: 3000,
      refundedAt: null,
    });
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUND_FAILED')).toMatchObject([
      { data: { refundId, owedPaise: 300_000, settlesOrder: true, wasProcessed: true } },
    ]);
    // It is owed: nothing of it can be given back a second time.
    const another = await fixture.admin.post(`/payments/${payment.id}/refund`, { reason: 'Again' });
    expect(another.status).toBe(409);
    expect(await fixture.processRefunds()).toBe(0);
  });

  it('once, however often and late Razorpay tells', async () => {
    const { order, payment, now, deliver } = await pendingRefund(500);
    for (const news of ['processed', 'failed', 'failed', 'processed', 'failed'] as const) {
      expect((await deliver(news)).status).toBe(200);
    }
    expect(await now()).toMatchObject({ status: 'NEEDS_OTHER_MEANS' });
    expect(await fixture.payment(payment.id)).toMatchObject({ refundedAmount: 0, refundOwed: 500 });
    expect(await fixture.typesOf(order.orderId)).toEqual([
      'PAYMENT_SUCCESS',
      'PAYMENT_REFUNDED',
      'PAYMENT_REFUND_FAILED',
    ]);
  });

  it('is owed just the same when its failure is told first, for failed is the last state of a refund', async () => {
    const { order, payment, paid, now, deliver } = await pendingRefund(500);
    await deliver('failed');
    await deliver('processed');
    expect(await now()).toMatchObject({ status: 'FAILED_RETRYING', razorpayRefundId: null });
    expect(await fixture.payment(payment.id)).toMatchObject({ status: 'SUCCESS', refundedAmount: 0, refundOwed: 500 });
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    // Of one made in the dashboard nobody here had promised anything.
    const byDashboard = (status: News) => {
      const entity = { id: 'rfnd_DASHBOARD00001', payment_id: paid.razorpay_payment_id, amount: 10_000, status };
      return fixture.deliverBody({ event: `refund.${status}`, payload: { refund: { entity } } });
    };
    await byDashboard('failed');
    await byDashboard('processed');
    expect(await fixture.refundsOf(payment.id)).toHaveLength(1);
  });

  it('leaves what else reached the customer, and what was told so far never shrinks', async () => {
    const checkout = await fixture.paidOrder();
    const first = await pendingRefund(1000, checkout);
    await first.deliver('processed');
    const second = await pendingRefund(500, checkout);
    await second.deliver('processed');
    await first.deliver('failed');
    const { payment, order } = checkout;
    expect(await fixture.payment(payment.id)).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      refundedAmount: 500,
      refundOwed: 1000,
      refundedAt: (await second.now())?.processedAt,
    });
    const third = await pendingRefund(250, checkout);
    await third.deliver('processed');
    const settled = await fixture.admin.post(`/admin/refunds/${first.refundId}/settle-otherwise`, { means: 'UTR 1' });
    expect(settled.status).toBe(200);
    expect(await fixture.payment(payment.id)).toMatchObject({ refundedAmount: 1750, refundOwed: 0 });
    const told = await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED');
    expect(told.map(({ data }) => [data['refundPaise'], data['refundedTotalPaise']])).toEqual([
      [100_000, 100_000],
      [50_000, 150_000],
      [25_000, 175_000],
      [100_000, 175_000],
    ]);
  });

  it('of one made in the dashboard is owed too, because it was told', async () => {
    const { payment, paid, order } = await fixture.paidOrder();
    const entity = { id: 'rfnd_DASHBOARD00002', payment_id: paid.razorpay_payment_id, amount: 20_000 };
    for (const status of ['processed', 'failed'] as const) {
      await fixture.deliverBody({ event: `refund.${status}`, payload: { refund: { entity: { ...entity, status } } } });
    }
    expect(await fixture.refundsOf(payment.id)).toMatchObject([{ origin: 'DASHBOARD', status: 'NEEDS_OTHER_MEANS' }]);
    expect(await fixture.payment(payment.id)).toMatchObject({ refundedAmount: 0, refundOwed: 200 });
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUND_FAILED')).toHaveLength(1);
  });

  describe('and is taken over by one made in the dashboard', () => {
    const id = 'rfnd_DASHBOARD00003';

    /** Of 1000 that bounced, the dashboard's refund of 2500 takes over 500, and is pending. */
    async function takenOver() {
      const checkout = await fixture.paidOrder();
      const { refundId, deliver } = await pendingRefund(1000, checkout);
      await deliver('processed');
      await deliver('failed');
      const entity = { id, payment_id: checkout.paid.razorpay_payment_id, amount: 250_000 };
      const tell = (status: News | 'pending') =>
        fixture.deliverBody({ event: 'refund.created', payload: { refund: { entity: { ...entity, status } } } });
      const totals = async () => {
        const told = await fixture.eventsOf(checkout.order.orderId, 'PAYMENT_REFUNDED');
        return told.map(({ data }) => [data['refundPaise'], data['refundedTotalPaise']]);
      };
      await tell('pending');
      await fixture.mustHold();
      const settleRest = () => fixture.admin.post(`/admin/refunds/${refundId}/settle-otherwise`, { means: 'UTR 2' });
      return { ...checkout, tell, totals, settleRest };
    }

    it('stays in what was told, while that one is pending and when it arrives', async () => {
      const { payment, tell, totals, settleRest } = await takenOver();
      expect((await settleRest()).status).toBe(200);
      expect(await totals()).toEqual([
        [100_000, 100_000],
        [50_000, 100_000],
      ]);
      await tell('processed');
      expect((await totals()).at(-1)).toEqual([250_000, 300_000]);
      expect(await fixture.payment(payment.id)).toMatchObject({ status: 'REFUNDED', refundedAmount: 3000 });
      // And once more, if that one bounces in its turn.
      await tell('failed');
      expect(await fixture.payment(payment.id)).toMatchObject({ refundedAmount: 500, refundOwed: 2500 });
    });

    it('stays in what was told when that one fails, and is paid once', async () => {
      const { payment, tell, totals, settleRest } = await takenOver();
      await tell('failed');
      await fixture.mustHold();
      expect(await fixture.payment(payment.id)).toMatchObject({ refundedAmount: 0, refundOwed: 1000 });
      expect((await settleRest()).status).toBe(200);
      await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'at-once' });
      await fixture.makeRefundsDue(payment.id);
      await fixture.processRefunds();
      await fixture.refundsSettled(payment.id);
      expect((await totals()).slice(1)).toEqual([
        [50_000, 100_000],
        [50_000, 100_000],
      ]);
      expect(await fixture.payment(payment.id)).toMatchObject({ refundedAmount: 1000, refundOwed: 0 });
    });
  });
});
