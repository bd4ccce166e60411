import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RefundView } from '../src/refunds/refunds.schemas.js';
import { orderDelivered } from './orders.js';
import { ADMIN, PaymentFixture } from './payment-fixture.js';

describe('money that did not come through Razorpay', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  const cash = async () => {
    const order = fixture.addOrder({ paymentMethod: 'COD' });
    await fixture.tellHeard(orderDelivered(order));
    return order;
  };
  const offline = async () => {
    const order = fixture.addOrder();
    const path = `/internal/orders/${order.orderId}/offline-payments`;
    await fixture.client.asService('order').post(path, { actorId: ADMIN.userId, notes: 'At the shop' });
    return order;
  };

  it.each([
    ['cash on delivery', cash],
    ['at the shop', offline],
  ])('(%s) goes back by other means: owed and shown until an administrator says how', async (_what, pay) => {
    const order = await pay();
    const [payment] = await fixture.paymentsOf(order);
    const id = payment?.id ?? '';
    const refund = (body: object) =>
      fixture.admin.post<RefundView>(`/payments/${id}/refund`, { reason: 'Damaged', ...body });
    // Less than Razorpay would give back.
    const first = await refund({ amount: 0.5 });
    expect(first).toMatchObject({
      status: 201,
      body: { status: 'NEEDS_OTHER_MEANS', amount: 0.5, razorpayRefundId: null },
    });
    expect((await refund({})).body).toMatchObject({ status: 'NEEDS_OTHER_MEANS', amount: 2999.5 });
    expect((await refund({ amount: 1 })).status).toBe(409);
    expect(await fixture.payment(id)).toMatchObject({ status: 'SUCCESS', refundedAmount: 0, refundOwed: 3000 });
    expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUND_FAILED')).toMatchObject([
      { data: { owedPaise: 50 } },
      { data: { owedPaise: 299_950 } },
    ]);
    // The worker has nothing to do with it.
    expect(await fixture.processRefunds()).toBe(0);

    for (const { id: refundId } of await fixture.refundsOf(id)) {
      const path = `/admin/refunds/${refundId}/settle-otherwise`;
      expect((await fixture.admin.post(path, { means: 'Bank transfer UTR 1' })).status).toBe(200);
    }
    expect(await fixture.payment(id)).toMatchObject({ status: 'REFUNDED', refundedAmount: 3000, refundOwed: 0 });
    expect((await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).map(({ data }) => data)).toMatchObject([
      { refundPaise: 50, refundedTotalPaise: 50, settlesOrder: true },
      { refundPaise: 299_950, refundedTotalPaise: 300_000, settlesOrder: true },
    ]);
  });
});
