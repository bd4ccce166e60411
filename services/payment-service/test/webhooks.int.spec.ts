import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chaosProxy, eventually, testDatabase } from '@reseller/testing';
import { ADMIN, PaymentFixture, type Problem } from './payment-fixture.js';

const SAMPLES = new URL('../../../libs/razorpay-sandbox/fixtures/', import.meta.url);

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}

describe('webhooks', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start({ RAZORPAY_WEBHOOK_SECRET_PREVIOUS: 'the-secret-before' });
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  const stored = async (eventKey: string) =>
    (
      await fixture.service.db.query<{ outcome: string | null }>(
        'select outcome from webhook_events where event_key = $1',
        [eventKey],
      )
    )[0];

  it.each(
    permutations(['payment.authorized', 'payment.captured', 'order.paid']).map((order) => [order.join(', '), order]),
  )('end the same when they come as %s, each twice', async (_name, order) => {
    const { order: placed, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: true });
    const webhooks = await fixture.webhooksAbout(razorpayOrder.id);
    for (const name of order) {
      const webhook = webhooks.find(({ event }) => event === name);
      if (webhook === undefined) throw new Error(`the sandbox sends no ${name}`);
      expect((await fixture.deliver(webhook)).status).toBe(200);
      expect((await fixture.deliver(webhook)).status).toBe(200);
    }
    expect(await fixture.payment(payment.id)).toMatchObject({
      status: 'SUCCESS',
      gatewayStatus: 'captured',
      razorpayPaymentId: paid.razorpay_payment_id,
    });
    expect(await fixture.typesOf(placed.orderId)).toEqual(['PAYMENT_SUCCESS']);
    expect(await fixture.eventsOf(placed.orderId)).toMatchObject([{ aggregateVersion: 1 }]);
  });

  it('cost few statements, and next to none once the payment is captured', async () => {
    const costs: number[][] = [];
    for (let purchase = 0; purchase < 5; purchase += 1) {
      const { razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: true });
      const cost: number[] = [];
      for (const webhook of await fixture.webhooksAbout(razorpayOrder.id)) {
        await eventually(
          async () => (await fixture.service.db.query('select 1 from outbox where published_at is null')).length === 0,
        );
        const before = fixture.statements();
        await fixture.deliver(webhook);
        cost.push(fixture.statements() - before);
      }
      costs.push(cost);
    }
    // The relay has statements of its own at times, so the least of a few purchases is what counts.
    const leastOf = (webhook: number) => Math.min(...costs.map((cost) => cost[webhook] ?? 0));
    // authorized: store, note. captured: store, lock, settle. order.paid: store alone, there is nothing left to say.
    expect([leastOf(0), leastOf(1), leastOf(2)]).toEqual([2, 3, 1]);
  });

  it('with a forged signature are refused and leave no trace that blocks the true one', async () => {
    const { payment, razorpayOrder } = await fixture.checkout();
    await fixture.pay(razorpayOrder.id);
    const captured = (await fixture.webhooksAbout(razorpayOrder.id)).find(({ event }) => event === 'payment.captured');
    if (captured === undefined) throw new Error('the sandbox captures by itself where the order says so');
    for (const signature of [
      '',
      'nonsense',
      '0'.repeat(64),
      captured.signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    ]) {
      expect(await fixture.deliver({ ...captured, signature })).toMatchObject({
        status: 400,
        body: { code: 'INVALID_SIGNATURE' },
      });
    }
    expect(await fixture.deliver({ ...captured, body: `${captured.body} ` })).toMatchObject({ status: 400 });
    expect(await stored(captured.eventId)).toBeUndefined();
    expect((await fixture.payment(payment.id)).status).toBe('PENDING');
    expect((await fixture.deliver(captured)).status).toBe(200);
    expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
  });

  it('are taken under the secret before the last rotation, at every address', async () => {
    const paths = ['/payments/webhook', '/webhooks/razorpay', '/orders/webhook/razorpay'];
    for (const path of paths) {
      const { payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id);
      for (const { body, eventId } of await fixture.webhooksAbout(razorpayOrder.id)) {
        expect((await fixture.deliverBody(body, { path, eventId, secret: 'the-secret-before' })).status).toBe(200);
        expect((await fixture.deliverBody(body, { path, eventId, secret: 'a-secret-of-nobody' })).status).toBe(400);
      }
      expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
    }
  });

  it.each(readdirSync(SAMPLES).filter((name) => name.endsWith('.json')))(
    'answer 200 to Razorpay’s sample %s',
    async (name) => {
      const body = readFileSync(new URL(name, SAMPLES), 'utf8');
      expect((await fixture.deliverBody(body, { eventId: `sample-${name}` })).status).toBe(200);
      expect((await stored(`sample-${name}`))?.outcome).toMatch(/^(UNKNOWN_ORDER|IGNORED|LAPSED)$/);
    },
  );

  it('are stored once by the hash of their body where the event id is missing', async () => {
    const body = { event: 'payment.downtime.started', payload: {} };
    expect((await fixture.deliverBody(body)).status).toBe(200);
    expect((await fixture.deliverBody(body)).status).toBe(200);
    const rows = await fixture.service.db.query(
      `select 1 from webhook_events where event_type = 'payment.downtime.started'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('that were stored and not worked are worked by the sweeping job, once', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    await fixture.pay(razorpayOrder.id);
    const captured = (await fixture.webhooksAbout(razorpayOrder.id)).find(({ event }) => event === 'payment.captured');
    // The process died between storing and working.
    await fixture.service.db.query(
      `insert into webhook_events (id, event_key, event_type, body, next_try_at)
       values (gen_random_uuid(), $1, 'payment.captured', $2, now() - interval '1 second')`,
      [captured?.eventId, captured?.body],
    );
    await Promise.all([fixture.sweepWebhooks(), fixture.sweepWebhooks()]);
    expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    expect((await stored(captured?.eventId ?? ''))?.outcome).toBe('SETTLED');
  });

  it('are shown to administrators, who can have one worked again', async () => {
    const { order, razorpayOrder } = await fixture.checkout();
    await fixture.pay(razorpayOrder.id);
    await fixture.deliverAllAbout(razorpayOrder.id);
    const list = await fixture.admin.get<{ data: { id: string; event: string; outcome: string }[] }>(
      `/admin/payments/webhooks?razorpayOrderId=${razorpayOrder.id}`,
    );
    expect(list.body.data.map(({ event }) => event).sort()).toEqual([
      'order.paid',
      'payment.authorized',
      'payment.captured',
    ]);
    const captured = list.body.data.find(({ event }) => event === 'payment.captured');
    const replayed = await fixture.admin.post(`/admin/payments/webhooks/${captured?.id}/replay`);
    expect(replayed).toMatchObject({ status: 200, body: { outcome: 'APPLIED', tries: 0 } });
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    expect((await fixture.buyer(order).get('/admin/payments/webhooks')).status).toBe(403);
    expect((await fixture.admin.post(`/admin/payments/webhooks/${ADMIN.userId}/replay`)).status).toBe(404);
  });
});

describe('webhooks while the database is down', () => {
  it('answer 503, so that they come again, and work when it is back', async () => {
    const database = await testDatabase('payment');
    const proxy = await chaosProxy({ port: Number(new URL(database.url).port || 5432) });
    const fixture = await PaymentFixture.start({ DATABASE_URL: proxy.urlOf(database.url) }, database);
    try {
      const { payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id);
      proxy.refuse();
      const webhooks = await fixture.webhooksAbout(razorpayOrder.id);
      for (const webhook of webhooks) {
        const refused: { status: number; body: Problem } = await fixture.deliver(webhook);
        expect(refused.status).toBe(503);
      }
      proxy.heal();
      await fixture.deliverAllAbout(razorpayOrder.id);
      expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
    } finally {
      await fixture.stop();
      await proxy.close();
      await database.drop();
    }
  });
});
