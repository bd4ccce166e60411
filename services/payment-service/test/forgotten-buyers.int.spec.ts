import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { ForgetLatePayers } from '../src/webhooks/forget-payer.js';
import { orderAnonymised, orderDelivered, orderJoinedAccount } from './orders.js';
import { PaymentFixture } from './payment-fixture.js';

const PERSON = /asha|9876543210/i;

describe('an order whose customer was deleted', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(() => fixture.mustHold());

  type Paid = Awaited<ReturnType<PaymentFixture['paidOrder']>>;

  /** All that is kept of the order, but for what was told before. */
  async function kept({ order, razorpayOrder, paid }: Paid): Promise<string> {
    const { db } = fixture.service;
    const rows = await Promise.all([
      db.query('select snapshot, user_id from payments where subject_id = $1', [order.orderId]),
      db.query('select user_id from refunds where subject_id = $1', [order.orderId]),
      db.query('select user_id from subject_accounts where subject_id = $1', [order.orderId]),
      db.query('select body from webhook_events where razorpay_order_id = $1 or razorpay_payment_id = $2', [
        razorpayOrder.id,
        paid.razorpay_payment_id,
      ]),
    ]);
    return JSON.stringify(rows);
  }

  /** Razorpay's payment, with the person in it. */
  const entityOf = ({ paid, razorpayOrder }: Paid) => ({
    id: paid.razorpay_payment_id,
    order_id: razorpayOrder.id,
    status: 'captured',
    amount: 300_000,
    currency: 'INR',
    method: 'card',
    email: 'asha@example.com',
    contact: '+919876543210',
    card: { name: 'Asha', last4: '1111' },
  });

  const late = (order: Paid) =>
    fixture.deliverBody({ event: 'payment.captured', payload: { payment: { entity: entityOf(order) } } });

  const refund = (order: Paid) => {
    const id = `rfnd_${order.paid.razorpay_payment_id.slice('pay_'.length)}`;
    const about = { payment_id: order.paid.razorpay_payment_id, amount: 50_000, status: 'processed' };
    const entity = { id, ...about, notes: { from: 'Asha' } };
    const payload = { refund: { entity }, payment: { entity: entityOf(order) } };
    return fixture.deliverBody({ event: 'refund.processed', payload });
  };

  it('leaves nothing of the person in payments, refunds and webhooks, nor in what is told and comes later', async () => {
    const order = await fixture.paidOrder();
    const other = await fixture.paidOrder();
    await late(order);
    expect(await kept(order)).toMatch(PERSON);
    const anonymised = orderAnonymised(order.order);
    await fixture.tellHeard(anonymised, anonymised);
    expect(await kept(order)).not.toMatch(PERSON);
    expect(await kept(order)).not.toContain(order.order.buyer.userId);
    await refund(order);
    await late(order);
    expect(await kept(order)).not.toMatch(PERSON);
    expect(await kept(order)).not.toContain(order.order.buyer.userId);
    const [told] = await fixture.eventsOf(order.order.orderId, 'PAYMENT_REFUNDED');
    expect(told?.data).toMatchObject({ buyer: { userId: null, name: null, email: null, phone: null } });
    expect(await fixture.payment(order.payment.id)).toMatchObject({ refundedAmount: 500, userId: null });
    expect(await kept(other)).toMatch(PERSON);
  });

  it('keeps what its webhooks are worked by: each can be replayed', async () => {
    const order = await fixture.paidOrder();
    await refund(order);
    await fixture.tellHeard(orderAnonymised(order.order));
    const stored = await fixture.service.db.query<{ id: string }>(
      'select id from webhook_events where razorpay_payment_id = $1',
      [order.paid.razorpay_payment_id],
    );
    for (const { id } of stored) {
      const replayed = await fixture.admin.post(`/admin/payments/webhooks/${id}/replay`);
      expect(replayed).toMatchObject({ status: 200, body: { status: 'PROCESSED' } });
    }
    expect(await fixture.payment(order.payment.id)).toMatchObject({ refundedAmount: 500 });
  });

  it('is nobody’s when that is told before the order joined an account or brought its cash', async () => {
    const cash = fixture.addOrder({ paymentMethod: 'COD' });
    const userId = newId();
    await fixture.tellHeard(orderAnonymised(cash));
    await fixture.tellHeard(orderDelivered(cash), orderJoinedAccount(cash, userId));
    const [payment] = await fixture.service.db.query<{ snapshot: object; user_id: string | null }>(
      'select snapshot, user_id from payments where subject_id = $1',
      [cash.orderId],
    );
    expect(payment).toMatchObject({ user_id: null, snapshot: { orderId: cash.orderId, buyer: { email: null } } });
    const told = await fixture.eventsOf(cash.orderId, 'PAYMENT_SUCCESS');
    expect(told).toMatchObject([{ data: { buyer: { userId: null, name: null, email: null, phone: null } } }]);
    // And of an order that was being paid at the same moment.
    const paying = fixture.addOrder();
    await fixture.tellHeard(orderAnonymised(paying));
    await fixture.createOrder(paying);
    const opened = await fixture.service.db.query('select snapshot, user_id from payments where subject_id = $1', [
      paying.orderId,
    ]);
    expect(JSON.stringify(opened)).not.toMatch(PERSON);
    expect(opened).toMatchObject([{ user_id: null }]);
  });

  it('loses what was stored at the very moment, an hour later', async () => {
    const order = await fixture.paidOrder();
    await late(order);
    // As if neither had seen the other.
    await fixture.service.db.query('update subject_accounts set buyer_forgotten_at = now() where subject_id = $1', [
      order.order.orderId,
    ]);
    const bodies = 'select body from webhook_events where razorpay_payment_id = $1';
    const stored = async () => JSON.stringify(await fixture.service.db.query(bodies, [order.paid.razorpay_payment_id]));
    expect(await stored()).toMatch(PERSON);
    await fixture.service.app.get(ForgetLatePayers).execute();
    expect(await stored()).not.toMatch(PERSON);
  });

  it('has left nothing in webhooks that we do not understand, which are kept without who paid at once', async () => {
    const order = await fixture.paidOrder();
    const payload = { payment: { entity: entityOf(order) }, dispute: { entity: { id: 'disp_00000000000021' } } };
    await fixture.deliverBody({ event: 'payment.dispute.created', payload });
    const [stored] = await fixture.service.db.query<{ body: string }>(
      `select body from webhook_events where event_type = 'payment.dispute.created'`,
    );
    expect(stored?.body).toContain(order.paid.razorpay_payment_id);
    expect(stored?.body).not.toMatch(PERSON);
  });

  it('is not understood from a poisonous event, which is parked alone', async () => {
    const order = await fixture.paidOrder();
    const good = orderAnonymised(order.order);
    await fixture.orders.tell({ ...good, id: newId(), data: { orderId: 'x' } });
    await fixture.tellHeard(good);
    expect(await kept(order)).not.toMatch(PERSON);
  });
});
