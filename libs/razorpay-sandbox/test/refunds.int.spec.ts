import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, failureOf, type RunningSandbox, sdkFor, startSandbox, withHeader } from './sandbox-fixture.js';

let running: RunningSandbox;

beforeEach(async () => {
  running = await startSandbox({ autoCapture: true });
});

afterEach(() => running.stop());

async function capturedPayment(amount = 1_000): Promise<string> {
  const order = await running.razorpay.orders.create({ amount, currency: 'INR' });
  return (await running.pay(order.id, { outcome: 'success' })).razorpay_payment_id;
}

function refundNames(): string[] {
  return running.receiver.names().filter((name) => name.startsWith('refund.'));
}

describe('refunds', () => {
  it('refunds a part, then the rest, and tells of each', async () => {
    const paymentId = await capturedPayment();

    const part = await running.razorpay.payments.refund(paymentId, { amount: 400, notes: { cause: 'damaged' } });
    expect(part).toMatchObject({
      entity: 'refund',
      amount: 400,
      payment_id: paymentId,
      status: 'processed',
      notes: { cause: 'damaged' },
    });
    expect(await running.razorpay.payments.fetch(paymentId)).toMatchObject({
      status: 'captured',
      amount_refunded: 400,
      refund_status: 'partial',
    });

    const rest = await running.razorpay.payments.refund(paymentId, {});
    expect(rest.amount).toBe(600);
    expect(await running.razorpay.payments.fetch(paymentId)).toMatchObject({
      status: 'refunded',
      amount_refunded: 1_000,
      refund_status: 'full',
    });
    expect(await running.razorpay.refunds.fetch(part.id)).toEqual(part);
    expect(await running.razorpay.payments.fetchRefund(paymentId, rest.id)).toEqual(rest);
    expect((await running.razorpay.payments.fetchMultipleRefund(paymentId)).items).toEqual([rest, part]);
    await eventually(() =>
      expect(refundNames()).toEqual(['refund.created', 'refund.processed', 'refund.created', 'refund.processed']),
    );
  });

  it('leaves the order paid after a refund', async () => {
    const paymentId = await capturedPayment();
    const { order_id: orderId } = await running.razorpay.payments.fetch(paymentId);

    await running.razorpay.payments.refund(paymentId, { amount: 1_000 });

    expect((await running.razorpay.orders.fetch(orderId)).status).toBe('paid');
  });

  it('refuses more than what remains, a second full refund, and money that was never captured', async () => {
    const paymentId = await capturedPayment();
    const { refund } = running.razorpay.payments;
    await refund(paymentId, { amount: 700 });

    expect(await failureOf(refund(paymentId, { amount: 301 }))).toMatchObject({ error: { field: 'amount' } });
    await refund(paymentId, { amount: 300 });
    expect(await failureOf(refund(paymentId, {}))).toMatchObject({
      statusCode: 400,
      error: { description: 'The payment has been fully refunded already' },
    });
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR' });
    const failed = await running.pay(order.id, { outcome: 'failure' });
    expect(await failureOf(refund(failed.razorpay_payment_id, {}))).toMatchObject({ statusCode: 400 });
  });

  it('makes one refund for one idempotency key', async () => {
    const paymentId = await capturedPayment();
    const { refund } = withHeader(sdkFor(running.url), 'X-Refund-Idempotency', 'order-1-cancelled').payments;

    const first = await refund(paymentId, { amount: 400 });
    const second = await refund(paymentId, { amount: 400 });

    expect(second).toEqual(first);
    expect((await running.razorpay.payments.fetch(paymentId)).amount_refunded).toBe(400);
    expect(await failureOf(refund(paymentId, { amount: 500 }))).toMatchObject({ statusCode: 400 });
  });

  it('refuses an idempotency key that Razorpay would refuse', async () => {
    const paymentId = await capturedPayment();
    const tooShort = withHeader(sdkFor(running.url), 'X-Refund-Idempotency', 'short');
    const withColon = withHeader(sdkFor(running.url), 'X-Refund-Idempotency', 'refund:order-1:1');

    expect(await failureOf(tooShort.payments.refund(paymentId, { amount: 400 }))).toMatchObject({ statusCode: 400 });
    expect(await failureOf(withColon.payments.refund(paymentId, { amount: 400 }))).toMatchObject({ statusCode: 400 });
  });

  it('keeps refunds pending until they are settled, and a failed one can be refunded again', async () => {
    await running.control('POST', '/sandbox/settings', { refundsSettle: 'manually' });
    const paymentId = await capturedPayment();
    const refund = await running.razorpay.payments.refund(paymentId, { amount: 1_000 });
    expect(refund.status).toBe('pending');

    const failed = await running.control('POST', `/sandbox/refunds/${refund.id}/settle`, { status: 'failed' });

    expect(failed.body).toMatchObject({ id: refund.id, status: 'failed' });
    expect(await running.razorpay.payments.fetch(paymentId)).toMatchObject({
      status: 'captured',
      amount_refunded: 0,
      refund_status: null,
    });
    const again = await running.razorpay.payments.refund(paymentId, { amount: 1_000 });
    await running.control('POST', `/sandbox/refunds/${again.id}/settle`, { status: 'processed' });
    const settledTwice = await running.control('POST', `/sandbox/refunds/${again.id}/settle`, { status: 'failed' });
    expect(settledTwice.status).toBe(400);
    await eventually(() =>
      expect(refundNames()).toEqual(['refund.created', 'refund.failed', 'refund.created', 'refund.processed']),
    );
  });

  it('refunds by the dashboard, which the shop learns from webhooks alone', async () => {
    const paymentId = await capturedPayment();

    const { body } = await running.control('POST', `/sandbox/payments/${paymentId}/refund-by-dashboard`, {
      amount: 250,
    });

    expect(body).toMatchObject({ entity: 'refund', amount: 250, status: 'processed' });
    await eventually(() => expect(refundNames()).toEqual(['refund.created', 'refund.processed']));
  });

  it('refunds a payment that nobody captured, which stays uncaptured', async () => {
    const order = await running.razorpay.orders.create({ amount: 500, currency: 'INR', payment_capture: false });
    const { razorpay_payment_id: paymentId } = await running.pay(order.id, { outcome: 'success' });

    await running.control('POST', `/sandbox/payments/${paymentId}/auto-refund`);

    await eventually(() => expect(refundNames()).toHaveLength(2));
    const processed = running.receiver.received.at(-1)?.body.payload;
    expect(processed?.['payment']?.entity).toMatchObject({ captured: false, status: 'refunded' });
  });
});
