import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chaosProxy, testDatabase, watchStatements } from '@reseller/testing';
import { webhookSignature } from '@reseller/razorpay-sandbox';
import { DeleteOldWebhooks } from '../src/webhooks/delete-old-webhooks.js';
import { ADMIN, PaymentFixture, WEBHOOK_SECRET, type Problem } from './payment-fixture.js';

const statements = watchStatements();

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

  it('of a failure that come behind the capture of the same payment change nothing', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const failed = await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
    const [failure] = await fixture.webhooksAbout(razorpayOrder.id);
    if (failure === undefined) throw new Error('the sandbox tells of a failure');
    const body = JSON.parse(failure.body);
    Object.assign(body.payload.payment.entity, { status: 'captured', captured: true });
    await fixture.deliverBody(
      { ...body, event: 'payment.captured' },
      { eventId: `late-${failed.razorpay_payment_id}` },
    );
    expect((await fixture.deliver(failure)).status).toBe(200);
    expect(await fixture.payment(payment.id)).toMatchObject({
      status: 'SUCCESS',
      gatewayStatus: 'captured',
      razorpayPaymentId: failed.razorpay_payment_id,
      failureReason: null,
    });
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
  });

  it('cost few statements, and next to none once the payment is captured', async () => {
    const { razorpayOrder } = await fixture.checkout();
    await fixture.pay(razorpayOrder.id, { outcome: 'success', capture: true });
    const costs: number[] = [];
    for (const webhook of await fixture.webhooksAbout(razorpayOrder.id))
      costs.push((await statements.during(() => fixture.deliver(webhook))).length);
    // authorized: store, note. captured: store, lock, settle. order.paid: store alone, there is nothing left to say.
    expect(costs).toEqual([2, 3, 1]);
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

  it.each(['', 'nonsense', '{"event":', 'event=payment.captured'])(
    'that are signed and no JSON (%j) are refused and stored nowhere',
    async (body) => {
      const types = ['application/json', 'application/x-www-form-urlencoded'];
      const { client } = fixture;
      for (const type of types) {
        const signature = webhookSignature(body, WEBHOOK_SECRET);
        const headers = { 'content-type': type, 'x-razorpay-signature': signature, 'x-razorpay-event-id': 'no-json' };
        expect(await client.post('/payments/webhook', body, headers)).toMatchObject({
          status: 400,
          body: { status: 400, code: 'BAD_REQUEST' },
        });
      }
      expect(await stored('no-json')).toBeUndefined();
    },
  );

  it('with an event that cannot be a name are stored as unreadable', async () => {
    expect((await fixture.deliverBody({ event: 'a\u0000b', payload: {} }, { eventId: 'no-name' })).status).toBe(200);
    expect((await stored('no-name'))?.outcome).toBe('IGNORED');
  });

  it.each(['payment.captured', 'payment.failed'])(
    'of %s with text that cannot be stored are worked at once',
    async (name) => {
      const { payment, razorpayOrder } = await fixture.checkout();
      await fixture.pay(razorpayOrder.id, { outcome: name === 'payment.captured' ? 'success' : 'failure' });
      const webhook = (await fixture.webhooksAbout(razorpayOrder.id)).find(({ event }) => event === name);
      const body = JSON.parse(webhook?.body ?? '{}');
      const strange = { method: 'u\u0000pi', error_description: 'Not\u0000 enough\ud83d money', error_code: '\u0000' };
      Object.assign(body.payload.payment.entity, strange);
      expect((await fixture.deliverBody(body, { eventId: `strange-${name}` })).status).toBe(200);
      expect((await stored(`strange-${name}`))?.outcome).not.toBeNull();
      expect(await fixture.payment(payment.id)).toMatchObject(
        name === 'payment.captured'
          ? { status: 'SUCCESS', method: 'UPI' }
          : { status: 'FAILED', method: 'UPI', failureReason: 'Not enough money' },
      );
    },
  );

  it('with an id that cannot be one are stored and left at that', async () => {
    const entity = {
      id: 'pay_ABCDEFGHIJKL\u0000N',
      order_id: 'order_\u0000',
      status: 'captured',
      amount: 100,
      currency: 'INR',
    };
    const body = { event: 'payment.captured', payload: { payment: { entity } } };
    expect((await fixture.deliverBody(body, { eventId: 'no-id' })).status).toBe(200);
    expect((await stored('no-id'))?.outcome).toBe('IGNORED');
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

  it('are deleted a long time after they were worked; what is young, replayed or not worked stays', async () => {
    const kept = ['kept-young', 'kept-replayed', 'kept-unworked'];
    for (const eventId of ['long-worked', ...kept]) {
      expect((await fixture.deliverBody({ event: 'invoice.paid', payload: {} }, { eventId })).status).toBe(200);
    }
    const { db, app } = fixture.service;
    await db.query(`update webhook_events set received_at = now() - interval '401 days' where event_key = any ($1)`, [
      ['long-worked', 'kept-replayed', 'kept-unworked'],
    ]);
    await db.query(
      `update webhook_events set processed_at = now() - interval '401 days' where event_key = 'long-worked'`,
    );
    await db.query(`update webhook_events set processed_at = null, outcome = null where event_key = 'kept-unworked'`);
    expect(await app.get(DeleteOldWebhooks).execute()).toBe(1);
    expect(await app.get(DeleteOldWebhooks).execute()).toBe(0);
    expect(await stored('long-worked')).toBeUndefined();
    for (const eventKey of kept) expect([eventKey, await stored(eventKey)]).not.toContain(undefined);
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
