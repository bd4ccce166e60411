import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { PaymentFixture } from './payment-fixture.js';

/** Refunds that somebody makes in Razorpay's dashboard while we owe or are making some ourselves. */
describe('a refund made in the dashboard', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());
  afterEach(async () => {
    await fixture.control('DELETE', '/sandbox/faults');
    await fixture.control('POST', '/sandbox/settings', { refundsSettle: 'at-once' });
    await fixture.mustHold();
  });

  type Paid = Awaited<ReturnType<PaymentFixture['paidOrder']>>;

  const tell = ({ paid }: Paid, refund: { id: string; amount: number; status: string; notes?: object }) =>
    fixture.deliverBody({
      event: refund.status === 'pending' ? 'refund.created' : `refund.${refund.status}`,
      payload: { refund: { entity: { payment_id: paid.razorpay_payment_id, ...refund } } },
    });

  /** Asked of Razorpay, which does not answer. */
  async function unanswered({ payment }: Paid, amount?: number): Promise<string> {
    await fixture.fault({ route: 'POST /payments/:id/refund', kind: 'error-500', times: 9 });
    const body = { reason: 'Torn', ...(amount === undefined ? {} : { amount }) };
    const asked = await fixture.admin.post<{ id: string }>(`/payments/${payment.id}/refund`, body);
    const tried = 'select 1 from refunds where id = $1 and last_error is not null';
    await eventually(async () => (await fixture.service.db.query(tried, [asked.body.id])).length === 1);
    return asked.body.id;
  }

  const owed = async ({ payment }: Paid) => (await fixture.payment(payment.id)).refundOwed;
  const statusesOf = async ({ payment }: Paid) =>
    (await fixture.refundsOf(payment.id)).map(({ status, amount }) => [status, amount]);

  it('that fails gives back what it had taken over: the customer is still owed it', async () => {
    const order = await fixture.paidOrder();
    await unanswered(order, 2000);
    await tell(order, { id: 'rfnd_DASHBOARD00011', amount: 250_000, status: 'pending' });
    expect(await statusesOf(order)).toEqual([
      ['REQUESTED', 500],
      ['PENDING', 2500],
    ]);
    await tell(order, { id: 'rfnd_DASHBOARD00011', amount: 250_000, status: 'failed' });
    expect(await statusesOf(order)).toEqual([
      ['REQUESTED', 500],
      ['FAILED_RETRYING', 1500],
    ]);
    expect(await owed(order)).toBe(2000);
    await fixture.control('DELETE', '/sandbox/faults');
    await fixture.makeRefundsDue(order.payment.id);
    await fixture.processRefunds();
    await fixture.refundsSettled(order.payment.id);
    expect(await fixture.payment(order.payment.id)).toMatchObject({ refundedAmount: 2000, refundOwed: 0 });
  });

  it('that fails after the order was cancelled is made by us, for all of the money must go back', async () => {
    const order = await fixture.paidOrder();
    await tell(order, { id: 'rfnd_DASHBOARD00012', amount: 100_000, status: 'pending' });
    await fixture.cancel(order.order);
    await eventually(async () => (await fixture.refundsOf(order.payment.id)).length === 2);
    await tell(order, { id: 'rfnd_DASHBOARD00012', amount: 100_000, status: 'failed' });
    expect(await fixture.payment(order.payment.id)).toMatchObject({ refundAmount: 3000 });
    await fixture.makeRefundsDue(order.payment.id);
    await fixture.processRefunds();
    await fixture.refundsSettled(order.payment.id);
    expect(await fixture.payment(order.payment.id)).toMatchObject({ status: 'REFUNDED', refundedAmount: 3000 });
  });

  it('that fails while nothing is owed is its maker’s to try again', async () => {
    const order = await fixture.paidOrder();
    await tell(order, { id: 'rfnd_DASHBOARD00013', amount: 100_000, status: 'pending' });
    await tell(order, { id: 'rfnd_DASHBOARD00013', amount: 100_000, status: 'failed' });
    expect(await statusesOf(order)).toEqual([['CALLED_OFF', 0]]);
    expect(await owed(order)).toBe(0);
  });

  it('beside one of ours whose answer was lost: both are in the books with what they gave back, and no more is owed', async () => {
    const order = await fixture.paidOrder();
    const first = await unanswered(order, 1000);
    const second = await unanswered(order, 1000);
    // Razorpay had carried out the first, and then the dashboard's: 500 are left there.
    await tell(order, { id: 'rfnd_DASHBOARD00014', amount: 150_000, status: 'processed' });
    const lost = { id: 'rfnd_LOSTANSWER0001', amount: 100_000, status: 'processed' };
    await tell(order, { ...lost, notes: { refundId: first, round: '1' } });
    expect(await fixture.payment(order.payment.id)).toMatchObject({ refundedAmount: 2500, refundOwed: 500 });
    const left = (await fixture.refundsOf(order.payment.id)).find(({ id }) => id === second);
    expect(left).toMatchObject({ status: 'REQUESTED', amount: 500 });
    await tell(order, { ...lost, notes: { refundId: first, round: '1' } });
    expect(await fixture.payment(order.payment.id)).toMatchObject({ refundedAmount: 2500 });
  });
});
