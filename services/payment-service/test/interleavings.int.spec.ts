import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { orderCancelled } from './orders.js';
import { PaymentFixture, type CreatedOrder, type Problem } from './payment-fixture.js';
import { startTogether, waitingForLocks, whileHeld } from './start-together.js';

/*
 * The other request happens exactly in the gap: while Razorpay has done what we asked and has not answered yet, or while
 * a row that is needed is held.
 */
describe('in the gap', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start({ DATABASE_POOL_SIZE: '16', RAZORPAY_TIMEOUT: '30s' });
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  const webhook = async (about: string, event: string) => {
    const found = (await fixture.webhooksAbout(about)).find((candidate) => candidate.event === event);
    if (found === undefined) throw new Error(`the sandbox sends no ${event}`);
    return found;
  };
  const captured = (about: string) => webhook(about, 'payment.captured');

  describe('of a verify', () => {
    it('the webhook comes while Razorpay is asked: settled once, and the verify says so', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const paid = await fixture.pay(razorpayOrder.id);
      const meanwhile = fixture.sandbox.meanwhile('GET /payments/:id', 'before-answer', () =>
        fixture.deliverAllAbout(razorpayOrder.id),
      );
      expect(await fixture.verify(paid)).toMatchObject({ status: 200, body: { id: payment.id, status: 'SUCCESS' } });
      await meanwhile;
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    });

    it('the order is cancelled while Razorpay is asked: the money goes back, and the verify says so', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const paid = await fixture.pay(razorpayOrder.id);
      const meanwhile = fixture.sandbox.meanwhile('GET /payments/:id', 'before-answer', () => fixture.cancel(order));
      expect(await fixture.verify(paid)).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
      await meanwhile;
      await fixture.refundsSettled(payment.id);
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_REFUNDED']);
      expect(await fixture.refundsOf(payment.id)).toMatchObject([
        { cause: 'captured-after-close', settlesOrder: false },
      ]);
    });

    it('a payment fails there and is captured before we hear of the failure: captured', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const paid = await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
      const late = fixture.sandbox.meanwhile('GET /payments/:id', 'before-answer', async () => {
        const entity = { id: paid.razorpay_payment_id, order_id: razorpayOrder.id, amount: 300_000 };
        await fixture.deliverBody(capturedWebhook(entity));
      });
      expect((await fixture.verify(paid)).body).toMatchObject({ id: payment.id, status: 'SUCCESS' });
      await late;
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    });
  });

  describe('of an expiry', () => {
    it('a capture comes behind Razorpay’s list that does not have it yet: the order is paid', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      const meanwhile = fixture.sandbox.meanwhile('GET /orders/:id/payments', 'before-answer', async () => {
        await fixture.pay(razorpayOrder.id);
        await fixture.deliverAllAbout(razorpayOrder.id);
      });
      expect((await fixture.confirmUnpaid(order.orderId)).body).toEqual({ unpaid: false, paymentId: payment.id });
      await meanwhile;
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    });

    it('none comes, and a capture after it goes back', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      expect((await fixture.confirmUnpaid(order.orderId)).body).toEqual({ unpaid: true });
      await fixture.pay(razorpayOrder.id);
      await fixture.deliverAllAbout(razorpayOrder.id);
      await fixture.refundsSettled(payment.id);
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_REFUNDED']);
      expect(await fixture.refundsOf(payment.id)).toMatchObject([{ settlesOrder: false, amount: 3000 }]);
    });
  });

  describe('of opening a payment', () => {
    it('the order is cancelled while Razorpay makes its order: it cannot be paid', async () => {
      const order = fixture.addOrder();
      const meanwhile = fixture.sandbox.meanwhile('POST /orders', 'before-answer', () => fixture.cancel(order));
      expect(await fixture.buyer(order).post('/payments', { orderId: order.orderId })).toMatchObject({
        status: 409,
        body: { code: 'ORDER_NOT_PAYABLE', details: { reason: 'CANCELLED' } },
      });
      await meanwhile;
      const [payment] = await fixture.paymentsOf(order);
      expect(payment?.status).toBe('FAILED');
    });

    it('the same is asked for again: both get the one Razorpay order', async () => {
      const order = fixture.addOrder();
      const ask = (body = {}) =>
        fixture.buyer(order).post<CreatedOrder>('/payments/razorpay/create-order', { orderId: order.orderId, ...body });
      const again = { asked: Promise.resolve<Awaited<ReturnType<typeof ask>> | null>(null) };
      const meanwhile = fixture.sandbox.meanwhile('POST /orders', 'before-answer', async () => {
        again.asked = ask({ method: 'UPI' });
        // Its method shows that it has found the payment, and waits for its Razorpay order.
        await eventually(async () => {
          const sql = `select 1 from payments where subject_id = $1 and method = 'UPI'`;
          return (await fixture.service.db.query(sql, [order.orderId])).length === 1;
        });
      });
      const first = await ask();
      await meanwhile;
      const second = await again.asked;
      expect([first.status, second?.status]).toEqual([201, 201]);
      expect(second?.body.payment.id).toBe(first.body.payment.id);
      expect(second?.body.razorpayOrder).toEqual(first.body.razorpayOrder);
      expect(await fixture.paymentsOf(order)).toHaveLength(1);
    });
  });

  it('of a capture by an administrator the webhook comes: captured once', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: false });
    await fixture.deliverAllAbout(razorpayOrder.id);
    const meanwhile = fixture.sandbox.meanwhile('POST /payments/:id/capture', 'before-answer', () =>
      fixture.deliverAllAbout(razorpayOrder.id),
    );
    expect(await fixture.admin.post(`/payments/${payment.id}/capture`)).toMatchObject({
      status: 200,
      body: { status: 'SUCCESS' },
    });
    await meanwhile;
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
  });

  describe('of a refund', () => {
    const refund = (paymentId: string, body: object, headers = {}) =>
      fixture.admin.post<{ id: string } & Omit<Problem, 'status'>>(
        `/payments/${paymentId}/refund`,
        { reason: 'Damaged', ...body },
        headers,
      );

    it.each(['at-once', 'manually'])(
      'its webhooks come before Razorpay’s answer: one refund, told once (%s)',
      async (how) => {
        await fixture.control('POST', '/sandbox/settings', { refundsSettle: how });
        const { order, payment, paid } = await fixture.paidOrder();
        const meanwhile = fixture.sandbox.meanwhile('POST /payments/:id/refund', 'before-answer', async () => {
          const { items } = await fixture.atRazorpay<{ items: { id: string }[] }>(
            `/v1/payments/${paid.razorpay_payment_id}/refunds`,
          );
          if (how === 'manually')
            await fixture.control('POST', `/sandbox/refunds/${items[0]?.id}/settle`, { status: 'processed' });
          // Processed before created.
          for (const told of (await fixture.webhooksAbout(paid.razorpay_payment_id)).reverse())
            await fixture.deliver(told);
        });
        await refund(payment.id, { amount: 500 });
        await meanwhile;
        await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'at-once' });
        await fixture.deliverAllAbout(paid.razorpay_payment_id);
        expect(await fixture.refundsSettled(payment.id)).toMatchObject([{ amount: 500, origin: 'PLATFORM' }]);
        expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toHaveLength(1);
      },
    );

    it('the dashboard gives everything back before Razorpay looks at ours: the customer gets it once', async () => {
      const { order, payment, paid } = await fixture.paidOrder();
      const meanwhile = fixture.sandbox.meanwhile('POST /payments/:id/refund', 'before-effect', () =>
        fixture.control('POST', `/sandbox/payments/${paid.razorpay_payment_id}/refund-by-dashboard`, {}),
      );
      await refund(payment.id, {});
      await meanwhile;
      await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
      expect(await fixture.refundsOf(payment.id)).toMatchObject([
        { origin: 'PLATFORM', status: 'CALLED_OFF', amount: 0 },
        { origin: 'DASHBOARD', status: 'PROCESSED', amount: 3000 },
      ]);
      expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toHaveLength(1);
    });

    it('the same Idempotency-Key comes again: it is told to wait, and one refund is made', async () => {
      const { order, payment } = await fixture.paidOrder();
      const key = { 'idempotency-key': newId() };
      const first = { asked: Promise.resolve<Awaited<ReturnType<typeof refund>> | null>(null) };
      const second = await whileHeld(fixture.service, order.orderId, async () => {
        first.asked = refund(payment.id, { amount: 10 }, key);
        await eventually(async () => (await waitingForLocks(fixture.service)) === 1);
        return refund(payment.id, { amount: 10 }, key);
      });
      expect(second).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_IN_PROGRESS' } });
      expect(second.headers.get('retry-after')).not.toBeNull();
      const made = await first.asked;
      expect(made?.status).toBe(201);
      expect((await refund(payment.id, { amount: 10 }, key)).body.id).toBe(made?.body.id);
      expect(await fixture.refundsOf(payment.id)).toHaveLength(1);
    });

    it('two administrators give everything back: one does', async () => {
      const { order, payment } = await fixture.paidOrder();
      const answers = await startTogether(fixture.service, { orderId: order.orderId, waiting: 2 }, () => [
        refund(payment.id, {}),
        refund(payment.id, {}),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      expect(answers.find(({ status }) => status === 409)?.body.code).toBe('NOTHING_TO_REFUND');
      await fixture.refundsSettled(payment.id);
      expect((await fixture.payment(payment.id)).refundedAmount).toBe(3000);
    });

    it('the order is cancelled as well: what is left goes back, and no more', async () => {
      const { order, payment } = await fixture.paidOrder();
      await startTogether<unknown>(fixture.service, { orderId: order.orderId, waiting: 2 }, () => [
        refund(payment.id, { amount: 1000 }),
        fixture.orders.tell(orderCancelled(order)),
      ]);
      await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
      expect((await fixture.payment(payment.id)).refundAmount).toBe(3000);
    });
  });

  describe('of a webhook', () => {
    it('the same one comes four times more: worked once, each answered', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id);
      const told = await captured(razorpayOrder.id);
      const copies = await whileHeld(fixture.service, order.orderId, async () => {
        const first = fixture.deliver(told);
        await eventually(async () => (await waitingForLocks(fixture.service)) === 1);
        // The event is claimed: the copies are answered though it is not worked yet.
        const others = await Promise.all(Array.from({ length: 4 }, () => fixture.deliver(told)));
        expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
        return { first };
      });
      expect((await copies.first).status).toBe(200);
      expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
      const rows = await fixture.service.db.query('select 1 from webhook_events where event_key = $1', [told.eventId]);
      expect(rows).toHaveLength(1);
    });

    it('its worker is slow: it is answered before it is worked', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id);
      const told = await captured(razorpayOrder.id);
      await whileHeld(fixture.service, order.orderId, async () => {
        expect((await fixture.deliver(told)).status).toBe(200);
        expect((await fixture.payment(payment.id)).status).toBe('PENDING');
      });
      await eventually(async () => (await fixture.payment(payment.id)).status === 'SUCCESS');
    });

    it('its worker dies after the answer: it is worked by the next sweep', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id);
      const told = await captured(razorpayOrder.id);
      await whileHeld(fixture.service, order.orderId, async () => {
        expect((await fixture.deliver(told)).status).toBe(200);
        await fixture.service.db.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`,
        );
        await eventually(async () => (await waitingForLocks(fixture.service)) === 0);
      });
      const row = async () =>
        (
          await fixture.service.db.query<{ processed_at: Date | null; last_error: string | null }>(
            'select processed_at, last_error from webhook_events where event_key = $1',
            [told.eventId],
          )
        )[0];
      await eventually(async () => (await row())?.last_error != null);
      expect((await fixture.payment(payment.id)).status).toBe('PENDING');
      await fixture.service.db.query('update webhook_events set next_try_at = now() where event_key = $1', [
        told.eventId,
      ]);
      expect(await fixture.sweepWebhooks()).toBeGreaterThan(0);
      expect((await row())?.processed_at).not.toBeNull();
      expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    });
  });
});

function capturedWebhook(entity: { id: string; order_id: string; amount: number }) {
  return {
    event: 'payment.captured',
    payload: { payment: { entity: { ...entity, status: 'captured', currency: 'INR', captured: true } } },
  };
}
