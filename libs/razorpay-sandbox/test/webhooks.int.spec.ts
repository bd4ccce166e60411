import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { webhookSignature } from '../src/index.js';
import { eventually, type RunningSandbox, startSandbox, WEBHOOK_SECRET } from './sandbox-fixture.js';

let running: RunningSandbox;

beforeEach(async () => {
  running = await startSandbox({ autoCapture: true });
});

afterEach(() => running.stop());

async function newOrder(): Promise<string> {
  return (await running.razorpay.orders.create({ amount: 50_000, currency: 'INR' })).id;
}

interface Delivery {
  readonly eventId: string;
  readonly createdAt: string;
  readonly state: string;
  readonly lastStatus: number | null;
  readonly attempts: readonly { readonly at: string; readonly status: number | null }[];
}

async function deliveries(filter = ''): Promise<readonly Delivery[]> {
  const { body } = await running.control<{ items: Delivery[] }>('GET', `/sandbox/webhooks${filter}`);
  return body.items;
}

function received(count: number): Promise<void> {
  return eventually(() => expect(running.receiver.received.length).toBe(count));
}

describe('webhooks', () => {
  it('tells of a captured payment by three signed events', async () => {
    const orderId = await newOrder();
    const paid = await running.pay(orderId, { outcome: 'success' });
    await received(3);

    expect(running.receiver.names()).toEqual(['payment.authorized', 'payment.captured', 'order.paid']);
    for (const webhook of running.receiver.received) {
      expect(webhook.headers['content-type']).toBe('application/json');
      expect(webhook.eventId).toMatch(/^[0-9A-Za-z]{14}$/);
      expect(webhook.signature).toBe(webhookSignature(webhook.rawBody, WEBHOOK_SECRET));
      expect(webhook.body.payload['payment']?.entity).toMatchObject({
        id: paid.razorpay_payment_id,
        order_id: orderId,
        amount: 50_000,
      });
    }
    const [authorized, captured, orderPaid] = running.receiver.received;
    expect(authorized?.body.payload['payment']?.entity).toMatchObject({ status: 'authorized', fee: null });
    expect(captured?.body.payload['payment']?.entity).toMatchObject({ status: 'captured', captured: true });
    expect(orderPaid?.body.contains).toEqual(['payment', 'order']);
    expect(orderPaid?.body.payload['order']?.entity).toMatchObject({ id: orderId, status: 'paid', amount_due: 0 });
    expect(new Set(running.receiver.received.map(({ eventId }) => eventId)).size).toBe(3);
  });

  it('lets a failed payment succeed late under the same id', async () => {
    const paid = await running.pay(await newOrder(), { outcome: 'late-success' });
    await received(4);

    expect(running.receiver.names()).toEqual([
      'payment.failed',
      'payment.authorized',
      'payment.captured',
      'order.paid',
    ]);
    const payments = running.receiver.received.map(({ body }) => body.payload['payment']?.entity);
    expect(new Set(payments.map((payment) => payment?.['id']))).toEqual(new Set([paid.razorpay_payment_id]));
    expect(payments.map((payment) => payment?.['error_code'])).toEqual(['BAD_REQUEST_ERROR', null, null, null]);
  });

  it('says failed until the late success comes', async () => {
    const failed = await running.pay(await newOrder(), { outcome: 'late-success', lateAfterMs: 30 });
    expect(failed.status).toBe('failed');

    await received(4);

    expect((await running.razorpay.payments.fetch(failed.razorpay_payment_id)).status).toBe('captured');
  });

  it('retries what is not answered with 2xx, under the same event id and signature', async () => {
    running.receiver.nextStatuses.push(500, 302);
    await running.pay(await newOrder(), { outcome: 'failure' });
    await received(3);

    expect(new Set(running.receiver.received.map(({ eventId }) => eventId)).size).toBe(1);
    expect(new Set(running.receiver.received.map(({ signature }) => signature)).size).toBe(1);
    await eventually(async () => {
      const [delivery] = await deliveries();
      expect(delivery).toMatchObject({ state: 'delivered', lastStatus: 200 });
      expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 302, 200]);
    });
  });

  it('gives up at the end of the ladder, and sends again when asked', async () => {
    running.receiver.nextStatuses.push(500, 500, 500, 500);
    await running.pay(await newOrder(), { outcome: 'failure' });
    const givenUp = await eventually(async () => {
      const [delivery] = await deliveries();
      expect(delivery).toMatchObject({ state: 'gave-up' });
      return delivery;
    });

    const resent = await running.control('POST', `/sandbox/webhooks/${givenUp?.eventId}/resend`);

    expect(resent.body).toMatchObject({ eventId: givenUp?.eventId, state: 'delivered', lastStatus: 200 });
    expect(running.receiver.received.at(-1)?.eventId).toBe(givenUp?.eventId);
  });

  it('keeps the old secret on retries after a rotation', async () => {
    await running.stop();
    running = await startSandbox({ webhookRetryDelaysMs: [300] });
    running.receiver.nextStatuses.push(503);
    await running.pay(await newOrder(), { outcome: 'failure' });
    await received(1);
    await running.control('POST', '/sandbox/webhooks/rotate-secret', { secret: 'the-next-secret' });
    await received(2);
    await running.pay(await newOrder(), { outcome: 'failure' });
    await received(3);

    const [, retried, fresh] = running.receiver.received;
    expect(retried?.signature).toBe(webhookSignature(retried?.rawBody ?? '', WEBHOOK_SECRET));
    expect(fresh?.signature).toBe(webhookSignature(fresh?.rawBody ?? '', 'the-next-secret'));
  });

  it('doubles events under one id', async () => {
    await running.pay(await newOrder(), { outcome: 'failure', webhooks: { times: 2 } });
    await received(2);

    expect(running.receiver.received[0]?.rawBody).toBe(running.receiver.received[1]?.rawBody);
    expect(running.receiver.received[0]?.eventId).toBe(running.receiver.received[1]?.eventId);
  });

  it('shuffles the events of a payment', async () => {
    const orders = await Promise.all(Array.from({ length: 20 }, newOrder));
    await Promise.all(
      orders.map((orderId) => running.pay(orderId, { outcome: 'success', webhooks: { shuffle: true } })),
    );
    await received(60);

    const orderIn = (orderId: string) =>
      running.receiver.received
        .filter(({ body }) => body.payload['payment']?.entity['order_id'] === orderId)
        .map(({ body }) => body.event)
        .join();
    expect(new Set(orders.map(orderIn)).size).toBeGreaterThan(1);
  });

  it('signs wrongly when told to', async () => {
    await running.pay(await newOrder(), { outcome: 'failure', webhooks: { wrongSignature: true } });
    await received(1);

    const [webhook] = running.receiver.received;
    expect(webhook?.signature).not.toBe(webhookSignature(webhook?.rawBody ?? '', WEBHOOK_SECRET));
  });

  it('drops events by default behaviour, and finds them by what they are about', async () => {
    await running.control('POST', '/sandbox/webhook-behaviour', { drop: true });
    const orderId = await newOrder();
    await running.pay(orderId, { outcome: 'success' });
    await running.control('POST', '/sandbox/webhook-behaviour', {});
    await running.pay(await newOrder(), { outcome: 'failure' });
    await received(1);

    const dropped = await deliveries(`?about=${orderId}&event=order.paid`);
    expect(dropped).toMatchObject([{ event: 'order.paid', state: 'dropped', attempts: [] }]);
    expect(running.receiver.names()).toEqual(['payment.failed']);
  });

  it('waits before it sends when told to', async () => {
    await running.pay(await newOrder(), { outcome: 'failure', webhooks: { delayMs: 60 } });
    expect(running.receiver.received).toHaveLength(0);

    await received(1);

    const receivedAt = Date.now();
    const [delivery] = await deliveries();
    expect(receivedAt - Date.parse(delivery?.createdAt ?? '')).toBeGreaterThanOrEqual(55);
  });
});
