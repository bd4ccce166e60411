import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import type { z } from 'zod';
import { RecordGatewayPayment } from '../src/payments/record-gateway-payment.js';
import type { itemView, reportView, wholeReportView } from '../src/reconciliation/reconciliation.schemas.js';
import { ADMIN, PaymentFixture, type Problem } from './payment-fixture.js';

type Report = z.infer<typeof reportView>;
type WholeReport = z.infer<typeof wholeReportView>;
type Item = z.infer<typeof itemView>;

describe('reconciliation', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(async () => {
    await fixture.control('DELETE', '/sandbox/faults');
    await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'at-once' });
  });

  const reconcile = (body: object, client = fixture.admin) =>
    client.post<Report & Omit<Problem, 'status'>>('/admin/payments/reconcile', body);
  const reportOf = async (id: string, query = '', client = fixture.admin) =>
    client.get<WholeReport>(`/admin/payments/reconciliations/${id}${query}`);
  /** Compares one payment while we wait. */
  const itemsFor = async (paymentId: string): Promise<readonly Item[]> => {
    const answer = await reconcile({ paymentId });
    expect(answer).toMatchObject({ status: 200, body: { status: 'DONE', scope: 'PAYMENT', paymentId, checked: 1 } });
    return (await reportOf(answer.body.id)).body.items.data;
  };
  const kindsFor = async (paymentId: string) =>
    (await itemsFor(paymentId)).map(({ kind, outcome }) => `${outcome} ${kind}`);

  describe('repairs what has a rule', () => {
    afterEach(() => fixture.mustHold());

    it('captured there and not here: captured, once', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const paid = await fixture.pay(razorpayOrder.id);
      const answer = await reconcile({ orderId: order.orderNumber });
      expect(answer).toMatchObject({
        status: 200,
        body: {
          status: 'DONE',
          scope: 'ORDER',
          orderId: order.orderId,
          checked: 1,
          repaired: 1,
          reported: 0,
          notAsked: 0,
        },
      });
      expect(answer.body).toMatchObject({ requestedBy: ADMIN.userId, origin: 'ADMIN', finishedAt: expect.any(String) });
      const { body } = await reportOf(answer.body.id);
      expect(body.items).toMatchObject({
        total: 1,
        data: [
          {
            paymentId: payment.id,
            orderId: order.orderId,
            orderNumber: order.orderNumber,
            kind: 'CAPTURE_MISSED',
            outcome: 'REPAIRED',
            razorpayOrderId: razorpayOrder.id,
            razorpayPaymentId: paid.razorpay_payment_id,
            ourStatus: 'SUCCESS',
            gatewayStatus: 'captured',
            ourAmount: 3000,
            gatewayAmount: 3000,
          },
        ],
      });
      expect(await kindsFor(payment.id)).toEqual([]);
      await fixture.deliverAllAbout(razorpayOrder.id);
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    });

    it('failed, authorized and lapsed there', async () => {
      const failed = await fixture.checkout();
      await fixture.pay(failed.razorpayOrder.id, { outcome: 'failure' });
      expect(await kindsFor(failed.payment.id)).toEqual(['REPAIRED FAILURE_MISSED']);
      expect((await fixture.payment(failed.payment.id)).status).toBe('FAILED');

      const held = await fixture.checkout();
      const paid = await fixture.pay(held.razorpayOrder.id, { outcome: 'success', capture: false });
      expect(await kindsFor(held.payment.id)).toEqual(['REPAIRED AUTHORIZATION_MISSED']);
      await fixture.control('POST', `/sandbox/payments/${paid.razorpay_payment_id}/auto-refund`);
      expect(await kindsFor(held.payment.id)).toEqual(['REPAIRED LAPSE_MISSED']);
      expect(await fixture.payment(held.payment.id)).toMatchObject({ status: 'FAILED', gatewayStatus: 'refunded' });
      expect(await fixture.refundsOf(held.payment.id)).toEqual([]);
      expect(await kindsFor(held.payment.id)).toEqual([]);
    });

    it('refunds made there: imported, in part and in full, also before the capture was heard of', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const paid = await fixture.pay(razorpayOrder.id);
      const dashboard = `/sandbox/payments/${paid.razorpay_payment_id}/refund-by-dashboard`;
      await fixture.control('POST', dashboard, { amount: 100_000 });
      expect(await kindsFor(payment.id)).toEqual(['REPAIRED CAPTURE_MISSED', 'REPAIRED REFUND_MISSED']);
      expect(await fixture.payment(payment.id)).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedAmount: 1000 });
      await fixture.control('POST', dashboard, {});
      expect(await itemsFor(payment.id)).toMatchObject([
        {
          kind: 'REFUND_MISSED',
          razorpayRefundId: expect.stringMatching(/^rfnd_/),
          ourAmount: 2000,
          gatewayAmount: 2000,
        },
      ]);
      expect(await fixture.payment(payment.id)).toMatchObject({ status: 'REFUNDED', refundedAmount: 3000 });
      expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toHaveLength(2);
      expect(await kindsFor(payment.id)).toEqual([]);
    });

    it('a refund that went on there, and what Razorpay keeps', async () => {
      await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'manually' });
      const { payment } = await fixture.paidOrder();
      await fixture.admin.post(`/payments/${payment.id}/refund`, { amount: 10, reason: 'x' });
      const [pending] = await fixture.refundsSettled(payment.id, 'PENDING');
      await fixture.control('POST', `/sandbox/refunds/${pending?.razorpayRefundId}/settle`, { status: 'processed' });
      await fixture.service.db.query('update payments set fee_paise = null, fee_tax_paise = null where id = $1', [
        payment.id,
      ]);
      expect(await kindsFor(payment.id)).toEqual(['REPAIRED FEE_MISSED', 'REPAIRED REFUND_MISSED']);
      expect((await fixture.refundsOf(payment.id))[0]?.status).toBe('PROCESSED');
      const detail = await fixture.admin.get<{ fee: number | null }>(`/payments/${payment.id}`);
      expect(detail.body.fee).not.toBeNull();
    });
  });

  describe('reports what has none', () => {
    it('money that came after the order was cancelled: it is owed, and goes back', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.cancel(order);
      await fixture.pay(razorpayOrder.id);
      expect(await itemsFor(payment.id)).toMatchObject([
        { kind: 'CAPTURE_NOT_WANTED', outcome: 'REPORTED', detail: expect.stringContaining('no longer open') },
      ]);
      await fixture.refundsSettled(payment.id);
      expect(await kindsFor(payment.id)).toEqual([]);
      await fixture.mustHold();
    });

    it('money of another amount, and a second capture', async () => {
      const wrong = await fixture.checkout();
      await fixture.pay(wrong.razorpayOrder.id, { outcome: 'success', amount: 100_000 });
      expect(await itemsFor(wrong.payment.id)).toMatchObject([
        { kind: 'CAPTURE_NOT_WANTED', ourStatus: 'INTEGRITY_FAILED', ourAmount: 1000 },
      ]);
      const twice = await fixture.paidOrder();
      await fixture.pay(twice.razorpayOrder.id);
      const [item] = await itemsFor(twice.payment.id);
      expect(item).toMatchObject({ kind: 'CAPTURE_NOT_WANTED', detail: expect.stringContaining('paid already') });
      expect(item?.paymentId).not.toBe(twice.payment.id);
      await fixture.refundsSettled(item?.paymentId ?? '');
      await fixture.mustHold();
    });

    it('captured here and not there, whether Razorpay knows the payment or not', async () => {
      for (const known of [false, true]) {
        const { payment, razorpayOrder } = await fixture.checkout();
        const failed = known ? await fixture.pay(razorpayOrder.id, { outcome: 'failure' }) : undefined;
        const id = failed?.razorpay_payment_id ?? `pay_${newId().replaceAll('-', '').slice(18)}`;
        await fixture.deliverBody(capturedWebhook({ id, order_id: razorpayOrder.id, amount: 300_000 }));
        expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
        expect(await itemsFor(payment.id)).toMatchObject([
          {
            kind: 'CAPTURED_HERE_ONLY',
            razorpayPaymentId: id,
            gatewayStatus: known ? 'failed' : null,
            ourAmount: 3000,
          },
        ]);
      }
    });

    it('captured amounts that differ', async () => {
      const { payment, razorpayOrder } = await fixture.checkout();
      const paid = await fixture.pay(razorpayOrder.id, { outcome: 'success', amount: 200_000 });
      await fixture.deliverBody(
        capturedWebhook({ id: paid.razorpay_payment_id, order_id: razorpayOrder.id, amount: 300_000 }),
      );
      expect(await itemsFor(payment.id)).toContainEqual(
        expect.objectContaining({ kind: 'CAPTURED_AMOUNT_DIFFERS', ourAmount: 3000, gatewayAmount: 2000 }),
      );
    });

    it('a refund that was processed here and failed there: it is owed again', async () => {
      await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'manually' });
      const { payment, paid } = await fixture.paidOrder();
      await fixture.admin.post(`/payments/${payment.id}/refund`, { amount: 100, reason: 'x' });
      const [pending] = await fixture.refundsSettled(payment.id, 'PENDING');
      const entity = {
        id: pending?.razorpayRefundId,
        payment_id: paid.razorpay_payment_id,
        amount: 10_000,
        status: 'processed',
      };
      await fixture.deliverBody({ event: 'refund.processed', payload: { refund: { entity } } });
      await fixture.control('POST', `/sandbox/refunds/${pending?.razorpayRefundId}/settle`, { status: 'failed' });
      expect(await kindsFor(payment.id)).toEqual(['REPORTED REFUND_FAILED_THERE', 'REPORTED REFUND_OWED']);
      expect(await fixture.payment(payment.id)).toMatchObject({ refundedAmount: 0, refundOwed: 100 });
    });

    it('what is owed and Razorpay will not make, and what it gave back beyond that', async () => {
      await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'manually' });
      const { payment, paid } = await fixture.paidOrder();
      await fixture.service.db.query('update payments set provider = $2 where id = $1', [payment.id, 'OFFLINE']);
      const asked = await fixture.admin.post<{ id: string }>(`/payments/${payment.id}/refund`, { reason: 'x' });
      await fixture.service.db.query('update payments set provider = $2 where id = $1', [payment.id, 'RAZORPAY']);
      expect(await itemsFor(payment.id)).toMatchObject([
        { kind: 'REFUND_OWED', ourStatus: 'NEEDS_OTHER_MEANS', ourAmount: 3000 },
      ]);
      await fixture.admin.post(`/admin/refunds/${asked.body.id}/settle-otherwise`, { means: 'UTR 1' });
      await fixture.control('POST', `/sandbox/payments/${paid.razorpay_payment_id}/refund-by-dashboard`, {
        amount: 500,
      });
      expect(await kindsFor(payment.id)).toContain('REPORTED REFUNDED_AMOUNT_DIFFERS');
      expect((await fixture.payment(payment.id)).refundedAmount).toBe(3000);
    });

    it.each(['timeout', 'html-502'] as const)('that Razorpay did not answer: %s', async (kind) => {
      const { payment } = await fixture.checkout();
      await fixture.fault({ route: 'GET /orders/:id/payments', kind });
      expect(await kindsFor(payment.id)).toEqual(['NOT_ASKED NOT_ASKED']);
      expect((await fixture.payment(payment.id)).status).toBe('PENDING');
    });

    it('that Razorpay knows no such order', async () => {
      const { payment } = await fixture.checkout();
      await fixture.service.db.query(`update payments set razorpay_order_id = 'order_ABCDEFGHIJKLMN' where id = $1`, [
        payment.id,
      ]);
      expect(await kindsFor(payment.id)).toEqual(['REPORTED UNKNOWN_THERE']);
    });
  });

  it('by schedule adds what it finds to the day’s report of the business', async () => {
    const businessId = newId();
    const { payment, razorpayOrder } = await fixture.checkout({ businessId });
    const dueNow = () =>
      fixture.service.db.query('update payments set reconcile_at = now() where id = $1 and reconcile_at is not null', [
        payment.id,
      ]);
    await fixture.fault({ route: 'GET /orders/:id/payments', kind: 'error-500', times: 2 });
    for (let time = 0; time < 2; time += 1) {
      await dueNow();
      await fixture.reconcile();
    }
    await fixture.pay(razorpayOrder.id);
    await dueNow();
    await Promise.all([fixture.reconcile(), fixture.reconcile()]);
    const admin = fixture.client.as({ ...ADMIN, businessId });
    const list = await admin.get<{ data: Report[]; total: number }>('/admin/payments/reconciliations');
    expect(list.body).toMatchObject({
      total: 1,
      data: [
        { origin: 'SCHEDULE', scope: 'OPEN', status: 'RUNNING', checked: 3, repaired: 1, reported: 0, notAsked: 1 },
      ],
    });
    const id = list.body.data[0]?.id ?? '';
    expect((await reportOf(id)).body.items.data.map(({ kind }) => kind)).toEqual(['NOT_ASKED', 'CAPTURE_MISSED']);
    await fixture.service.db.query(`update reconciliation_runs set for_day = for_day - 1 where id = $1`, [id]);
    const { body: over } = await reportOf(id);
    expect(over).toMatchObject({ status: 'DONE', forDay: expect.any(String) });
    expect(over.finishedAt).toBe(new Date(Date.parse(`${over.forDay}T00:00:00+05:30`) + 86_400_000).toISOString());
  });

  it('by schedule tells of each order what it found, whatever becomes of the others', async () => {
    const businessId = newId();
    const [broken, whole] = [await fixture.checkout({ businessId }), await fixture.checkout({ businessId })];
    for (const { razorpayOrder } of [broken, whole]) await fixture.pay(razorpayOrder.id);
    const recorder = fixture.service.app.get(RecordGatewayPayment);
    const record = recorder.execute.bind(recorder);
    recorder.execute = (fact, source) =>
      fact.orderId === broken.razorpayOrder.id ? Promise.reject(new Error('broken')) : record(fact, source);
    try {
      await fixture.service.db.query('update payments set reconcile_at = now() where id = any ($1)', [
        [broken.payment.id, whole.payment.id],
      ]);
      await fixture.reconcile();
    } finally {
      recorder.execute = record;
    }
    const admin = fixture.client.as({ ...ADMIN, businessId });
    const list = await admin.get<{ data: Report[] }>('/admin/payments/reconciliations');
    expect(list.body.data).toMatchObject([{ checked: 2, repaired: 1, notAsked: 1 }]);
  });

  it.each([
    [{ orderId: 'mine' }],
    [{ orderId: newId(), paymentId: newId() }],
    [{ paymentId: newId(), from: '2026-01-01', to: '2026-01-02' }],
    [{ from: '2026-01-01' }],
    [{ from: '2026-01-02', to: '2026-01-01' }],
    [{ from: '2024-01-01', to: '2026-01-01' }],
    [{ everything: true }],
  ])('refuses %j', async (body) => {
    expect((await reconcile(body)).status).toBe(400);
  });

  it('is for administrators who still are, of what there is', async () => {
    const buyer = fixture.client.as({ userId: newId() });
    expect((await reconcile({}, buyer)).status).toBe(403);
    expect((await buyer.get('/admin/payments/reconciliations')).status).toBe(403);
    fixture.auth.dismissed.add(ADMIN.userId);
    expect((await reconcile({})).status).toBe(403);
    fixture.auth.dismissed.clear();
    expect((await reconcile({ paymentId: newId() })).status).toBe(404);
    expect((await reconcile({ orderId: newId() })).status).toBe(404);
    expect((await reportOf(newId())).status).toBe(404);
    expect((await fixture.admin.get(`/admin/payments/reconciliations/${newId()}.csv`)).status).toBe(404);
  });
});

function capturedWebhook(entity: { id: string; order_id: string; amount: number }) {
  return {
    event: 'payment.captured',
    payload: { payment: { entity: { ...entity, status: 'captured', currency: 'INR', captured: true } } },
  };
}
