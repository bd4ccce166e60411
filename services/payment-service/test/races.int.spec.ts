import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { orderCancelled } from './orders.js';
import { PaymentFixture } from './payment-fixture.js';
import { startTogether } from './start-together.js';

/*
 * Chance seldom makes two things happen at once. Here a transaction of the test holds what they compete for until all of
 * them stand before it, so that each race happens in every run.
 */
describe('all at the same moment', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start({ DATABASE_POOL_SIZE: '16' });
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  const together = <T>(orderId: string, waiting: number, start: () => Promise<T>[]) =>
    startTogether(fixture.service, { orderId, waiting }, start);

  it('four verifies and four webhooks settle once', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    const captured = (await fixture.webhooksAbout(razorpayOrder.id)).find(({ event }) => event === 'payment.captured');
    if (captured === undefined) throw new Error('the sandbox captures by itself where the order says so');
    const answers = await together<{ status: number }>(order.orderId, 8, () => [
      ...Array.from({ length: 4 }, () => fixture.verify(paid)),
      ...Array.from({ length: 4 }, (_, copy) =>
        fixture.deliver({ ...captured, eventId: `${captured.eventId}-${copy}` }),
      ),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect((await fixture.payment(payment.id)).status).toBe('SUCCESS');
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    const failed = await fixture.service.db.query('select last_error from webhook_events where last_error is not null');
    expect(failed).toEqual([]);
  });

  it('two captures of one order: one settles, the other goes back', async () => {
    const { order, razorpayOrder } = await fixture.checkout();
    const attempts = [await fixture.pay(razorpayOrder.id), await fixture.pay(razorpayOrder.id)];
    const answers = await together(order.orderId, 2, () => attempts.map((paid) => fixture.verify(paid)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await eventually(async () => (await fixture.typesOf(order.orderId)).length === 2);
    expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS', 'PAYMENT_REFUNDED']);
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toMatchObject([
      { data: { settlesOrder: false } },
    ]);
  });

  it('a capture, a cancellation and an expiry: no money is kept', async () => {
    const { order, payment, razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    await together<unknown>(order.orderId, 3, () => [
      fixture.verify(paid),
      fixture.confirmUnpaid(order.orderId),
      fixture.orders.tell(orderCancelled(order)),
    ]);
    await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
    expect(await fixture.refundsOf(payment.id)).toHaveLength(1);
  });

  it('eight refunds of a third: three are made', async () => {
    const { order, payment } = await fixture.paidOrder();
    const answers = await together(order.orderId, 8, () =>
      Array.from({ length: 8 }, () =>
        fixture.admin.post(`/payments/${payment.id}/refund`, { amount: 1000, reason: 'Part' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    await fixture.refundsSettled(payment.id);
    expect((await fixture.payment(payment.id)).refundedAmount).toBe(3000);
  });
});
