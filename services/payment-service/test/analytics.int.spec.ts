import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { CAPTURED, COHORTS, paramsOf, REFUNDED } from '../src/analytics/analytics.queries.js';
import type { AnalyticsView } from '../src/analytics/analytics.schemas.js';
import { orderDelivered } from './orders.js';
import { ADMIN, PaymentFixture } from './payment-fixture.js';

describe('payment analytics', () => {
  let fixture: PaymentFixture;
  const [shop, otherShop] = [newId(), newId()];
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
    await aMonthOfPayments();
  });
  afterAll(() => fixture.stop());

  const analyse = async (query: string, businessId: string | null = shop) => {
    const admin = fixture.client.as({ ...ADMIN, ...(businessId === null ? {} : { businessId }) });
    return admin.get<AnalyticsView>(`/payments/analytics?${query}`);
  };

  /** All of a payment happened at this time. */
  const datePayment = (id: string, at: string) =>
    fixture.service.db.query(
      `update payments set created_at = $2, captured_at = case when captured_at is not null then $2::timestamptz end where id = $1`,
      [id, at],
    );
  const dateRefunds = (paymentId: string, at: string) =>
    fixture.service.db.query('update refunds set processed_at = $2 where payment_id = $1', [paymentId, at]);

  async function paid(at: string, totalPaise: number, method: 'card' | 'upi', businessId = shop) {
    const { payment, razorpayOrder, order } = await fixture.checkout({ totalPaise, businessId });
    await fixture.pay(razorpayOrder.id, { outcome: 'success', method });
    await fixture.deliverAllAbout(razorpayOrder.id);
    // What Razorpay keeps is two per cent here, and 18 % of it tax.
    await fixture.service.db.query(
      `update payments set fee_paise = captured_paise / 50, fee_tax_paise = captured_paise / 50 * 18 / 118 where id = $1`,
      [payment.id],
    );
    await datePayment(payment.id, at);
    return { payment, razorpayOrder, order };
  }

  async function refund(paymentId: string, amount: number, at: string) {
    await fixture.admin.post(`/payments/${paymentId}/refund`, { amount, reason: 'Torn' });
    await fixture.refundsSettled(paymentId);
    await dateRefunds(paymentId, at);
  }

  async function aMonthOfPayments() {
    const first = await paid('2026-01-01T12:00:00Z', 100_000, 'card');
    await paid('2026-01-01T20:00:00Z', 200_000, 'upi');
    await refund(first.payment.id, 250.5, '2026-01-15T12:00:00Z');
    const failed = await fixture.checkout({ businessId: shop });
    await fixture.pay(failed.razorpayOrder.id, { outcome: 'failure' });
    await fixture.deliverAllAbout(failed.razorpayOrder.id);
    await datePayment(failed.payment.id, '2026-01-15T12:00:00Z');
    await datePayment((await fixture.checkout({ businessId: shop })).payment.id, '2026-01-31T18:29:59.999Z');
    const cash = fixture.addOrder({ businessId: shop, paymentMethod: 'COD', totalPaise: 50_001 });
    await fixture.tellHeard(orderDelivered(cash));
    const [cashPayment] = await fixture.paymentsOf(cash);
    await datePayment(cashPayment?.id ?? '', '2026-01-31T12:00:00Z');
    // A second capture of the same order came and went: no revenue, but Razorpay keeps its fee.
    const second = await fixture.pay(first.razorpayOrder.id);
    const secondId = String((await fixture.verify(second)).body.details?.['paymentId']);
    await fixture.refundsSettled(secondId);
    await fixture.service.db.query('update payments set fee_paise = 100, fee_tax_paise = 15 where id = $1', [secondId]);
    await datePayment(secondId, '2026-01-01T12:00:00Z');
    await dateRefunds(secondId, '2026-01-01T12:00:00Z');
    await paid('2026-01-10T12:00:00Z', 999_900, 'upi', otherShop);
    await paid('2026-02-01T12:00:00Z', 700_000, 'upi');
  }

  const JANUARY = 'from=2026-01-01&to=2026-01-31';

  it('count what was opened, sum what came and went, and take nobody’s word for what goes back', async () => {
    const { status, body } = await analyse(`${JANUARY}&interval=month`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: '2025-12-31T18:30:00.000Z',
      to: '2026-01-31T18:30:00.000Z',
      timeZone: 'Asia/Kolkata',
      currency: 'INR',
    });
    expect(body.totals).toEqual({
      payments: 6,
      succeeded: 3,
      failed: 1,
      pending: 1,
      wentBack: 1,
      successRate: 75,
      captured: 3,
      amount: 3500.01,
      average: 1166.67,
      refunds: 1,
      refundAmount: 250.5,
      fees: 60,
      feeTax: 9.15,
      goesBack: { captured: 1, amount: 1000, fees: 1, feeTax: 0.15 },
      net: 3188.51,
      byStatus: {
        PENDING: 1,
        PROCESSING: 0,
        SUCCESS: 2,
        FAILED: 1,
        PARTIALLY_REFUNDED: 1,
        REFUNDED: 1,
        INTEGRITY_FAILED: 0,
      },
    });
    expect(body.byMethod).toEqual([
      { method: 'UPI', captured: 1, amount: 2000, average: 2000 },
      { method: 'CARD', captured: 1, amount: 1000, average: 1000 },
      { method: 'CASH', captured: 1, amount: 500.01, average: 500.01 },
    ]);
    expect(body.periods).toEqual([{ start: '2026-01-01', ...withoutStatus(body) }]);
  });

  it('add up: payments by what became of them, and money by what came, went and was kept', async () => {
    const wrongAmount = newId();
    const { razorpayOrder, payment, order } = await fixture.checkout({ totalPaise: 100_000, businessId: wrongAmount });
    const entity = {
      id: 'pay_WRONGAMOUNT001',
      order_id: razorpayOrder.id,
      status: 'captured',
      amount: 50_000,
      currency: 'INR',
      fee: 1_180,
      tax: 180,
    };
    await fixture.deliverBody({ event: 'payment.captured', payload: { payment: { entity } } });
    expect((await fixture.paymentsOf(order)).map(({ status }) => status)).toEqual(['INTEGRITY_FAILED']);
    await datePayment(payment.id, '2026-01-05T12:00:00Z');
    const { totals } = (await analyse(JANUARY, wrongAmount)).body;
    expect(totals).toMatchObject({
      payments: 1,
      succeeded: 0,
      failed: 0,
      wentBack: 1,
      successRate: null,
      captured: 0,
      amount: 0,
      fees: 0,
      goesBack: { captured: 1, amount: 500, fees: 11.8, feeTax: 1.8 },
      net: -11.8,
    });
    for (const all of [totals, (await analyse(JANUARY)).body.totals]) {
      const { byStatus } = all;
      expect(all.payments).toBe(all.succeeded + all.failed + all.pending + all.wentBack);
      expect(all.payments).toBe(Object.values(byStatus).reduce((sum, count) => sum + count, 0));
      const paise = (rupees: number) => Math.round(rupees * 100);
      expect(paise(all.net)).toBe(
        paise(all.amount) - paise(all.refundAmount) - paise(all.fees) - paise(all.goesBack.fees),
      );
    }
  });

  it('cut days where the business is, and show those in which nothing happened', async () => {
    const { body } = await analyse(JANUARY);
    expect(body.periods).toHaveLength(31);
    const nonEmpty = body.periods.filter(({ payments, refunds }) => payments + refunds > 0);
    expect(
      nonEmpty.map(({ start, payments, amount, refundAmount }) => [start, payments, amount, refundAmount]),
    ).toEqual([
      ['2026-01-01', 2, 1000, 0],
      // Half past one in the night in India is still the day before in UTC.
      ['2026-01-02', 1, 2000, 0],
      ['2026-01-15', 1, 0, 250.5],
      ['2026-01-31', 2, 500.01, 0],
    ]);
    expect(body.periods[2]).toMatchObject({
      start: '2026-01-03',
      payments: 0,
      successRate: null,
      average: null,
      net: 0,
    });
    const utc = await analyse(`${JANUARY}&timeZone=UTC`);
    expect(utc.body.periods[0]).toMatchObject({ start: '2026-01-01', payments: 3, amount: 3000 });
  });

  it('begin weeks on Monday', async () => {
    const { body } = await analyse(`${JANUARY}&interval=week`);
    expect(body.periods.map(({ start }) => start)).toEqual([
      '2025-12-29',
      '2026-01-05',
      '2026-01-12',
      '2026-01-19',
      '2026-01-26',
    ]);
    expect(body.periods[0]).toMatchObject({ amount: 3000, fees: 60, goesBack: { fees: 1 } });
  });

  it('of one provider leave out the others', async () => {
    const { body } = await analyse(`${JANUARY}&provider=cod`);
    expect(body.totals).toMatchObject({ payments: 1, successRate: 100, amount: 500.01, refunds: 0, fees: 0 });
    expect((await analyse(`${JANUARY}&provider=razorpay`)).body.totals).toMatchObject({ payments: 5, refunds: 1 });
  });

  it('read 000’s names', async () => {
    const named = await analyse(`from_date=2026-01-01&to_date=2026-01-31&business_id=${shop}`, null);
    expect(named.body).toEqual((await analyse(JANUARY)).body);
  });

  it('show an administrator their own business, whatever they ask for', async () => {
    expect((await analyse(JANUARY, otherShop)).body.totals).toMatchObject({ payments: 1, amount: 9999 });
    expect((await analyse(`${JANUARY}&businessId=${shop}`, otherShop)).body.totals).toMatchObject({
      payments: 0,
      amount: 0,
    });
    expect((await analyse(JANUARY, null)).body.totals).toMatchObject({ payments: 8 });
  });

  it.each([
    'from=2026-01-02&to=2026-01-01',
    'from=2024-01-01&to=2026-01-01',
    'from=yesterday',
    'interval=hour',
    'timeZone=Mars/Olympus',
    'businessId=mine',
    'order=asc',
  ])('refuse %s', async (query) => {
    expect((await analyse(query)).status).toBe(400);
  });

  it('are for administrators', async () => {
    const buyer = fixture.client.as({ userId: newId() });
    expect((await buyer.get(`/payments/analytics?${JANUARY}`)).status).toBe(403);
    expect((await fixture.client.anonymous().get('/payments/analytics')).status).toBe(401);
  });

  it('read their range from indexes, however long the table is', async () => {
    const { db } = fixture.service;
    await db.query(
      `with added as (
         insert into subject_accounts (subject_id) select gen_random_uuid() from generate_series(1, 6000) returning subject_id),
       paid as (
         insert into payments (id, subject_id, order_number, business_id, provider, status, amount_paise, is_open, settles,
           captured_paise, refund_committed_paise, refunded_paise, snapshot, created_at, captured_at)
         select gen_random_uuid(), subject_id, 'ORD-2020-000001', $1, 'OFFLINE', 'REFUNDED', 100, false, true, 100, 100, 100, '{}',
           now() - row_number() over () * interval '12 hours', now() - row_number() over () * interval '12 hours'
         from added returning id, subject_id, captured_at)
       insert into refunds (id, payment_id, subject_id, business_id, cause, reason, amount_paise, currency, status, settles_order,
         origin, processed_at)
       select gen_random_uuid(), id, subject_id, $1, 'x', 'x', 100, 'INR', 'PROCESSED', true, 'PLATFORM', captured_at from paid`,
      [newId()],
    );
    await db.query('vacuum analyze payments, refunds');
    const range = { from: new Date('2026-01-01'), to: new Date('2026-01-08') };
    const request = { range, interval: 'day', timeZone: 'UTC', provider: null } as const;
    const params = paramsOf({ ...request, ownBusinessId: shop, businessId: null });
    const planOf = async (sql: string) => JSON.stringify(await db.query(`explain (format json) ${sql}`, params));
    for (const sql of [COHORTS, CAPTURED, REFUNDED]) expect(await planOf(sql)).not.toContain('Seq Scan');
    expect(await planOf(CAPTURED)).toContain('"Index Only Scan"');
    expect(await planOf(REFUNDED)).toContain('"Index Only Scan"');
  });
});

function withoutStatus({ totals }: AnalyticsView) {
  const { byStatus: _byStatus, ...figures } = totals;
  return figures;
}
