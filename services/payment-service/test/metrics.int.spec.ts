import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PaymentFixture } from './payment-fixture.js';

describe('metrics', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());

  const scrape = async (name: string): Promise<string[]> => {
    const answer = await fetch(new URL('/metrics', fixture.service.url));
    expect(answer.status).toBe(200);
    return (await answer.text()).split('\n').filter((line) => line.startsWith(`${name}{`));
  };

  it('count refunds until they have reached the customer', async () => {
    const owed = (status: string, count: number) => `payment_refunds_owed{status="${status}"} ${count}`;
    const none = ['REQUESTED', 'PENDING', 'FAILED_RETRYING', 'NEEDS_OTHER_MEANS'].map((status) => owed(status, 0));
    expect((await scrape('payment_refunds_owed')).toSorted()).toEqual(none.toSorted());
    await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'manually' });
    const { payment, paid } = await fixture.paidOrder();
    await fixture.admin.post(`/payments/${payment.id}/refund`, { reason: 'Damaged' });
    const [refund] = await fixture.refundsSettled(payment.id, 'PENDING');
    expect(await scrape('payment_refunds_owed')).toContain(owed('PENDING', 1));
    await fixture.control('POST', `/sandbox/refunds/${refund?.razorpayRefundId}/settle`, { status: 'processed' });
    await fixture.deliverAllAbout(paid.razorpay_payment_id);
    expect((await scrape('payment_refunds_owed')).toSorted()).toEqual(none.toSorted());
  });

  it('count webhooks that were stored and not worked, apart those that were given up', async () => {
    const unworked = (waiting: number, givenUp: number) => [
      `payment_webhooks_unworked{state="waiting"} ${waiting}`,
      `payment_webhooks_unworked{state="given_up"} ${givenUp}`,
    ];
    for (const eventId of ['worked', 'waits', 'given-up']) {
      await fixture.deliverBody({ event: 'invoice.paid', payload: {} }, { eventId });
    }
    expect(await scrape('payment_webhooks_unworked')).toEqual(unworked(0, 0));
    await fixture.service.db.query(
      `update webhook_events set processed_at = null, outcome = null,
         next_try_at = case event_key when 'waits' then now() + interval '1 hour' end
       where event_key in ('waits', 'given-up')`,
    );
    expect(await scrape('payment_webhooks_unworked')).toEqual(unworked(1, 1));
  });

  it('leave out what cannot be counted, and show the rest', async () => {
    await fixture.service.db.query('alter table refunds rename to refunds_away');
    try {
      expect(await scrape('payment_refunds_owed')).toEqual([]);
      expect(await scrape('payment_webhooks_unworked')).toHaveLength(2);
    } finally {
      await fixture.service.db.query('alter table refunds_away rename to refunds');
    }
  });
});
