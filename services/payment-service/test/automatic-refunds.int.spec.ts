import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { orderCancelled, orderDelivered, orderReturned } from './orders.js';
import { PaymentFixture } from './payment-fixture.js';

describe('money goes back', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  describe('by itself', () => {
    it('when a paid order is cancelled, once', async () => {
      const { order, payment } = await fixture.paidOrder();
      const event = orderCancelled(order);
      await fixture.orders.tell(event, event, orderCancelled(order));
      await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
      expect(await fixture.refundsOf(payment.id)).toMatchObject([
        { amount: 3000, settlesOrder: true, cause: 'order-cancelled' },
      ]);
      expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toHaveLength(1);
    });

    it('when money comes after the order was cancelled, even where nobody had begun to pay then', async () => {
      const { order, payment, razorpayOrder } = await fixture.checkout();
      await fixture.cancel(order);
      expect(await fixture.payment(payment.id)).toMatchObject({ status: 'FAILED' });
      const paid = await fixture.pay(razorpayOrder.id);
      const refused = { status: 409, body: { code: 'ORDER_NOT_PAYABLE', details: { paymentId: payment.id } } };
      expect(
        await Promise.all([fixture.verify(paid), fixture.verify(paid), fixture.deliverAllAbout(razorpayOrder.id)]),
      ).toMatchObject([refused, refused, undefined]);
      await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
      expect(await fixture.verify(paid)).toMatchObject(refused);
      expect(await fixture.refundsOf(payment.id)).toMatchObject([
        { amount: 3000, settlesOrder: false, cause: 'captured-after-close' },
      ]);
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_REFUNDED']);
      expect(await fixture.eventsOf(order.orderId)).toMatchObject([
        { data: { settlesOrder: false, refundPaise: 300_000 } },
      ]);

      const neverPaid = fixture.addOrder();
      await fixture.cancel(neverPaid);
      expect(await fixture.buyer(neverPaid).post('/payments', { orderId: neverPaid.orderId })).toMatchObject({
        status: 409,
        body: { code: 'ORDER_NOT_PAYABLE' },
      });
    });

    it('ends with no money kept when capture and cancellation race', async () => {
      for (let race = 0; race < 5; race += 1) {
        const { order, payment, razorpayOrder } = await fixture.checkout();
        const paid = await fixture.pay(razorpayOrder.id);
        await Promise.all([
          fixture.verify(paid),
          fixture.orders.tell(orderCancelled(order)),
          fixture.deliverAllAbout(razorpayOrder.id),
        ]);
        await eventually(async () => (await fixture.payment(payment.id)).status === 'REFUNDED');
        expect(await fixture.eventsOf(order.orderId, 'PAYMENT_REFUNDED')).toHaveLength(1);
      }
    });

    it('when an order is paid a second time', async () => {
      const { order, payment, razorpayOrder } = await fixture.paidOrder();
      const second = await fixture.pay(razorpayOrder.id);
      const verified = await fixture.verify(second);
      expect(verified).toMatchObject({ status: 409, body: { code: 'ORDER_NOT_PAYABLE' } });
      const secondId = String(verified.body.details?.['paymentId']);
      expect(secondId).not.toBe(payment.id);
      await fixture.deliverAllAbout(second.razorpay_payment_id);
      await eventually(async () => (await fixture.payment(secondId)).status === 'REFUNDED');
      expect(await fixture.payment(payment.id)).toMatchObject({ status: 'SUCCESS', refundedAmount: 0 });
      expect(await fixture.paymentsOf(order)).toMatchObject([{ settles: true }, { settles: false }]);
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS', 'PAYMENT_REFUNDED']);
      const settling = await fixture.buyer(order).get<{ id: string }>(`/payments/order/${order.orderId}`);
      expect(settling.body.id).toBe(payment.id);
    });

    it('when the amount or the currency is not what was asked for, and the order can still be paid', async () => {
      for (const wrong of [{ amount: 100_000 }, { amount: 300_001 }, { currency: 'USD' }]) {
        const { order, payment, razorpayOrder } = await fixture.checkout();
        const paid = await fixture.pay(razorpayOrder.id, { outcome: 'success', ...wrong });
        const refused = { status: 422, body: { code: 'PAYMENT_INTEGRITY_FAILED', details: { paymentId: payment.id } } };
        expect(await fixture.verify(paid)).toMatchObject(refused);
        expect(await fixture.verify(paid)).toMatchObject(refused);
        await fixture.deliverAllAbout(razorpayOrder.id);
        await fixture.refundsSettled(payment.id);
        expect(await fixture.refundsOf(payment.id)).toMatchObject([{ cause: 'integrity-failed', settlesOrder: false }]);
        expect((await fixture.payment(payment.id)).status).toBe('INTEGRITY_FAILED');

        const anew = await fixture.createOrder(order);
        expect(anew.payment.id).not.toBe(payment.id);
        await fixture.pay(anew.razorpayOrder.id);
        await fixture.deliverAllAbout(anew.razorpayOrder.id);
        expect((await fixture.payment(anew.payment.id)).status).toBe('SUCCESS');
        expect(await fixture.eventsOf(order.orderId, 'PAYMENT_SUCCESS')).toHaveLength(1);
      }
    });

    it('when goods come back, and never more than is left', async () => {
      const { order, payment } = await fixture.paidOrder();
      const event = orderReturned(order, 100_000);
      await fixture.orders.tell(event, event, orderReturned(order, 900_000));
      await eventually(async () => (await fixture.payment(payment.id)).refundedAmount === 3000);
      expect((await fixture.refundsOf(payment.id)).map(({ amount }) => amount)).toEqual([1000, 2000]);
    });
  });

  describe('cash on delivery', () => {
    it('is captured when the parcel arrives, once', async () => {
      const order = fixture.addOrder({ paymentMethod: 'COD' });
      await fixture.orders.tell(orderDelivered(order), orderDelivered(order));
      await eventually(async () => (await fixture.paymentsOf(order)).length === 1);
      expect(await fixture.eventsOf(order.orderId)).toMatchObject([
        { type: 'PAYMENT_SUCCESS', data: { payment: { provider: 'COD', method: 'CASH', amountPaise: 300_000 } } },
      ]);
      const prepaid = await fixture.paidOrder();
      await fixture.orders.tell(orderDelivered(prepaid.order));
      expect(await fixture.eventsOf(prepaid.order.orderId, 'PAYMENT_SUCCESS')).toHaveLength(1);
    });

    it.each(['delivered first', 'returned first'])(
      'is owed by other means when the goods come back: %s',
      async (which) => {
        const order = fixture.addOrder({ paymentMethod: 'COD' });
        const facts = [orderDelivered(order), orderReturned(order, 300_000)];
        for (const fact of which === 'delivered first' ? facts : facts.reverse()) await fixture.orders.tell(fact);
        await eventually(async () => (await fixture.typesOf(order.orderId)).includes('PAYMENT_REFUND_FAILED'));
        const [payment] = await fixture.paymentsOf(order);
        expect(await fixture.refundsOf(payment?.id ?? '')).toMatchObject([
          { status: 'NEEDS_OTHER_MEANS', amount: 3000 },
        ]);
        expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS', 'PAYMENT_REFUND_FAILED']);
      },
    );
  });
});
