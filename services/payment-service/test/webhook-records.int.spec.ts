import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { COUNT, NEWEST_FIRST, OLDEST_FIRST } from '../src/webhooks/webhook.queries.js';
import type { WebhookView } from '../src/webhooks/webhooks.schemas.js';
import { ADMIN, PaymentFixture } from './payment-fixture.js';

interface PageOf<T> {
  readonly data: readonly T[];
  readonly total: number;
}

describe('the record of a webhook', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  it('that show 000’s fields, and their body to who opens one', async () => {
    const { payment, razorpayOrder, paid } = await fixture.paidOrder();
    const { body } = await fixture.admin.get<PageOf<WebhookView>>(
      `/admin/payments/webhooks?razorpayOrderId=${razorpayOrder.id}&event=payment.captured`,
    );
    expect(body).toMatchObject({
      total: 1,
      data: [
        {
          paymentId: payment.id,
          eventType: 'payment.captured',
          razorpayEventId: expect.any(String),
          status: 'PROCESSED',
          retryCount: 0,
          receivedAt: expect.any(String),
          processedAt: expect.any(String),
        },
      ],
    });
    const whole = await fixture.admin.get(`/admin/payments/webhooks/${body.data[0]?.id}`);
    expect(whole).toMatchObject({
      status: 200,
      body: {
        payload: { event: 'payment.captured', payload: { payment: { entity: { id: paid.razorpay_payment_id } } } },
      },
    });
    expect((await fixture.admin.get(`/admin/payments/webhooks/${newId()}`)).status).toBe(404);
  });

  it('that only administrators of its business see and replay', async () => {
    const businessId = newId();
    const theirs = await fixture.paidOrder({ businessId });
    const ours = await fixture.paidOrder();
    const admin = fixture.client.as({ ...ADMIN, businessId });
    const { body } = await admin.get<PageOf<WebhookView>>('/admin/payments/webhooks?limit=100');
    expect(body.total).toBe(3);
    expect(new Set(body.data.map(({ razorpayOrderId }) => razorpayOrderId))).toEqual(
      new Set([theirs.razorpayOrder.id]),
    );
    const all = await fixture.admin.get<PageOf<WebhookView>>(
      `/admin/payments/webhooks?razorpayOrderId=${ours.razorpayOrder.id}`,
    );
    const hidden = all.body.data[0]?.id;
    expect((await admin.get(`/admin/payments/webhooks/${hidden}`)).status).toBe(404);
    expect((await admin.post(`/admin/payments/webhooks/${hidden}/replay`)).status).toBe(404);
    const own = body.data[0]?.id;
    expect((await admin.post(`/admin/payments/webhooks/${own}/replay`)).status).toBe(200);
  });

  it('names the business of its payment, from when it is matched to one', async () => {
    const businessId = newId();
    const { payment, razorpayOrder, paid } = await fixture.paidOrder({ businessId });
    const entity = {
      id: 'rfnd_DASHBOARD00009',
      payment_id: paid.razorpay_payment_id,
      amount: 100,
      status: 'processed',
    };
    await fixture.deliverBody({ event: 'refund.processed', payload: { refund: { entity } } });
    await fixture.deliverBody({ event: 'invoice.paid', payload: {} });
    const { db } = fixture.service;
    const businesses = `select distinct business_id from webhook_events where razorpay_order_id = $1 or razorpay_payment_id = $2`;
    const about = [razorpayOrder.id, paid.razorpay_payment_id];
    expect(await db.query(businesses, about)).toEqual([{ business_id: businessId }]);
    const admin = fixture.client.as({ ...ADMIN, businessId });
    const { body } = await admin.get<PageOf<WebhookView>>('/admin/payments/webhooks');
    expect(body.data.map((webhook) => [webhook.businessId, webhook.paymentId])).toEqual(
      Array.from({ length: 4 }, () => [businessId, payment.id]),
    );
    // One that came before its payment was known is matched when it is worked again.
    await db.query('update webhook_events set business_id = null where id = $1', [body.data[0]?.id]);
    const replayed = await fixture.admin.post(`/admin/payments/webhooks/${body.data[0]?.id}/replay`);
    expect(replayed).toMatchObject({ status: 200, body: { businessId } });
  });

  it('names it too where the payment became known only after the webhook had come', async () => {
    const businessId = newId();
    const { payment, razorpayOrder } = await fixture.checkout({ businessId });
    await fixture.pay(razorpayOrder.id, { outcome: 'failure' });
    await fixture.pay(razorpayOrder.id);
    const { db } = fixture.service;
    const makeKnown = (known: boolean) =>
      db.query('update payments set holds_razorpay_order = $2 where id = $1', [payment.id, known]);
    await makeKnown(false);
    await fixture.deliverAllAbout(razorpayOrder.id);
    const about = `select id, outcome, business_id from webhook_events where razorpay_order_id = $1 order by received_at, id`;
    const stored = await db.query<{ id: string }>(about, [razorpayOrder.id]);
    await makeKnown(true);
    for (const { id } of stored) await fixture.admin.post(`/admin/payments/webhooks/${id}/replay`);
    const worked = await db.query<{ outcome: string; business_id: string }>(about, [razorpayOrder.id]);
    expect(worked.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(['FAILED', 'AUTHORIZED', 'SETTLED', 'APPLIED']),
    );
    expect(new Set(worked.map(({ business_id }) => business_id))).toEqual(new Set([businessId]));
  });

  it('is replayed on the record: who, and whose payment it was about', async () => {
    const { order, razorpayOrder } = await fixture.paidOrder();
    const { body } = await fixture.admin.get<PageOf<WebhookView>>(
      `/admin/payments/webhooks?razorpayOrderId=${razorpayOrder.id}`,
    );
    const id = body.data[0]?.id;
    await fixture.admin.post(`/admin/payments/webhooks/${id}/replay`);
    const [told] = await fixture.service.db.query<{ business_id: string; payload: object }>(
      `select business_id, payload from outbox where type = 'ADMIN_ACTION_RECORDED' and payload -> 'data' ->> 'subjectId' = $1`,
      [id],
    );
    expect(told).toMatchObject({
      business_id: order.businessId,
      payload: { data: { action: 'WEBHOOK_REPLAYED', actorId: ADMIN.userId } },
    });
  });

  it('is found by its business from an index, however many others have', async () => {
    const { db } = fixture.service;
    const businessId = newId();
    await db.query(
      `insert into webhook_events (id, event_key, event_type, body, business_id, processed_at, outcome)
       select gen_random_uuid(), 'evt_' || n, 'order.paid', '{}', gen_random_uuid(), now(), 'KNOWN' from generate_series(1, 5000) n`,
    );
    await db.query('vacuum analyze webhook_events');
    const params = [businessId, null, null, null, null, 0, 20];
    for (const sql of [NEWEST_FIRST, OLDEST_FIRST]) {
      const plan = JSON.stringify(await db.query(`explain (format json) ${sql}`, params));
      expect(plan).toContain('webhook_events_business_id_received_at_id_idx');
    }
    const counting = JSON.stringify(await db.query(`explain (format json) ${COUNT}`, params.slice(0, 5)));
    expect(counting).not.toContain('Seq Scan');
  });
});
