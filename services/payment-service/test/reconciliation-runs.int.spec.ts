import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import type { z } from 'zod';
import { ReconcileOrder } from '../src/reconciliation/reconcile-order.js';
import { advanceRun, claimRun } from '../src/reconciliation/reconciliation-run.repository.js';
import type { reportView, wholeReportView } from '../src/reconciliation/reconciliation.schemas.js';
import { RunReconciliations } from '../src/reconciliation/run-reconciliations.js';
import { ADMIN, PaymentFixture } from './payment-fixture.js';

type Report = z.infer<typeof reportView>;
type WholeReport = z.infer<typeof wholeReportView>;

describe('reconciliation of many', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());

  const reconcile = (body: object, client = fixture.admin) => client.post<Report>('/admin/payments/reconcile', body);
  const reportOf = async (id: string, query = '', client = fixture.admin) =>
    client.get<WholeReport>(`/admin/payments/reconciliations/${id}${query}`);
  const finished = (id: string) =>
    eventually(async () => {
      const { body } = await reportOf(id, '?limit=100');
      expect(body.status).toBe('DONE');
      return body;
    });

  const businessOf = (businessId: string) => fixture.client.as({ ...ADMIN, businessId });
  /** So many payments of a business of their own, every third of them captured and told by nobody. */
  const openPayments = async (count: number) => {
    const businessId = newId();
    const payments = [];
    for (let made = 0; made < count; made += 1) {
      const { payment, razorpayOrder, order } = await fixture.checkout({ businessId });
      if (made % 3 === 0) await fixture.pay(razorpayOrder.id);
      payments.push({ ...payment, order });
    }
    return { businessId, admin: businessOf(businessId), payments };
  };

  it('answers at once, and goes through all that are open', async () => {
    const { admin, payments } = await openPayments(23);
    const answer = await reconcile({}, admin);
    expect(answer).toMatchObject({ status: 202, body: { status: 'RUNNING', scope: 'OPEN' } });
    expect(answer.headers.get('location')).toBe(`/admin/payments/reconciliations/${answer.body.id}`);
    const report = await finished(answer.body.id);
    expect(report).toMatchObject({ checked: 23, repaired: 8, reported: 0, notAsked: 0 });
    expect(new Set(report.items.data.map(({ paymentId }) => paymentId)).size).toBe(8);
    const page = await reportOf(answer.body.id, '?page=2&limit=5&kind=capture_missed&outcome=repaired', admin);
    expect(page.body.items).toMatchObject({ total: 8, skip: 5, take: 5 });
    expect(page.body.items.data).toHaveLength(3);
    for (const { id, order } of payments.slice(0, 1)) {
      expect((await fixture.payment(id)).status).toBe('SUCCESS');
      expect(await fixture.typesOf(order.orderId)).toEqual(['PAYMENT_SUCCESS']);
    }
    // Those that are paid are no longer open.
    const again = await finished((await reconcile({}, admin)).body.id);
    expect(again).toMatchObject({ checked: 15, repaired: 0 });
    await fixture.mustHold();
  });

  it('goes through a stretch of time, paid ones too, and through nobody else’s', async () => {
    const { businessId, admin, payments } = await openPayments(4);
    await openPayments(1);
    await fixture.service.db.query(`update payments set created_at = '2026-01-31T18:00:00Z' where id = any ($1)`, [
      payments.slice(0, 2).map(({ id }) => id),
    ]);
    for (const expected of [
      { checked: 2, repaired: 1 },
      { checked: 2, repaired: 0 },
    ]) {
      const { body, status } = await reconcile({ from: '2026-01-31', to: '2026-01-31' }, admin);
      expect([status, body.from, body.to]).toEqual([202, '2026-01-30T18:30:00.000Z', '2026-01-31T18:30:00.000Z']);
      expect(await finished(body.id)).toMatchObject({ ...expected, businessId });
    }
  });

  it('is one run for two who ask at the same time', async () => {
    const { admin, payments } = await openPayments(1);
    const database = fixture.service.app.get(Database);
    const ids = await database.sqlTransaction(async (tx) => {
      // The run cannot end while what it captures is held here.
      await tx.query('select 1 from subject_accounts where subject_id = $1 for update', [payments[0]?.order.orderId]);
      const answers = [await reconcile({}, admin), await reconcile({}, admin)];
      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
      return answers.map(({ body }) => body.id);
    });
    expect(ids[0]).toBe(ids[1]);
    expect(await finished(ids[0] ?? '')).toMatchObject({ checked: 1, repaired: 1 });
    expect((await reconcile({}, admin)).body.id).not.toBe(ids[0]);
  });

  it('is taken over where whoever worked it died, and goes on where that one ended', async () => {
    const { businessId } = await openPayments(12);
    const database = fixture.service.app.get(Database);
    const runId = newId();
    await database.query(
      `insert into reconciliation_runs (id, origin, status, scope, business_id) values ($1, 'ADMIN', 'RUNNING', 'OPEN', $2)`,
      [runId, businessId],
    );
    const dead = await claimRun(database, runId);
    if (dead === undefined) throw new Error('a new run can be claimed');
    const worker = fixture.service.app.get(RunReconciliations);
    // Its lease holds.
    expect(await worker.execute(runId)).toBe(0);
    await database.query('update reconciliation_runs set lease_until = now() where id = $1', [runId]);
    // Of two that come, each batch is one's.
    const compared = await Promise.all([worker.execute(runId), worker.execute(runId)]);
    expect(compared[0] + compared[1]).toBe(12);
    const report = await finished(runId);
    expect(report).toMatchObject({ checked: 12, repaired: 4 });
    // The dead one wakes up and says what it found: too late.
    await advanceRun(database, dead, { reachedId: newId(), checked: 10, isLast: false });
    expect((await reportOf(runId)).body).toMatchObject({ status: 'DONE', checked: 12 });
  });

  it('says what it has repaired as soon as an order is compared, before the rest of its batch is', async () => {
    const { admin, payments } = await openPayments(4);
    const slow = payments[3]?.id;
    const reconcileOrder = fixture.service.app.get(ReconcileOrder);
    const compare = reconcileOrder.execute.bind(reconcileOrder);
    const gate: { open?: () => void } = {};
    const mayGoOn = new Promise<void>((resolve) => (gate.open = resolve));
    reconcileOrder.execute = async (order) => {
      if (order.paymentId === slow) await mayGoOn;
      return compare(order);
    };
    try {
      const { body } = await reconcile({}, admin);
      await eventually(async () => {
        expect((await reportOf(body.id)).body).toMatchObject({ status: 'RUNNING', repaired: 1 });
      });
      gate.open?.();
      expect(await finished(body.id)).toMatchObject({ checked: 4, repaired: 2 });
    } finally {
      gate.open?.();
      reconcileOrder.execute = compare;
    }
  });

  it('is seen by administrators of its business', async () => {
    const [mine, theirs] = [await openPayments(1), await openPayments(1)];
    const { body } = await reconcile({}, mine.admin);
    await finished(body.id);
    const list = await mine.admin.get<{ data: Report[]; total: number }>('/admin/payments/reconciliations');
    expect(list.body).toMatchObject({ total: 1, data: [{ id: body.id }] });
    expect((await theirs.admin.get<{ total: number }>('/admin/payments/reconciliations')).body.total).toBe(0);
    for (const path of ['', '.csv']) {
      const url = `/admin/payments/reconciliations/${body.id}${path}`;
      expect((await mine.admin.get(url)).status).toBe(200);
      expect((await theirs.admin.get(url)).status).toBe(404);
    }
    const [payment] = mine.payments;
    expect((await reconcile({ paymentId: payment?.id }, theirs.admin)).status).toBe(404);
    expect((await reconcile({ orderId: payment?.order.orderId }, theirs.admin)).status).toBe(404);
  });

  it('can be downloaded as CSV that no spreadsheet takes for a formula', async () => {
    const { admin, payments } = await openPayments(1);
    const { body } = await reconcile({ paymentId: payments[0]?.id }, admin);
    await fixture.service.db.query(
      `insert into reconciliation_items (id, run_id, payment_id, kind, outcome, detail)
       values ($3, $1, $2, 'REFUND_OWED', 'REPORTED', $4)`,
      [body.id, payments[0]?.id, newId(), '=HYPERLINK("http://x"),\n"quoted"'],
    );
    const csv = await admin.get<string>(`/admin/payments/reconciliations/${body.id}.csv`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(csv.headers.get('content-disposition')).toContain(`reconciliation-${body.id}.csv`);
    const [header, first, ...rest] = csv.body.split('\r\n');
    expect(header).toBe(
      'foundAt,outcome,kind,detail,orderNumber,orderId,paymentId,razorpayOrderId,razorpayPaymentId,razorpayRefundId,ourStatus,gatewayStatus,ourAmount,gatewayAmount',
    );
    expect(first).toContain(`,REPAIRED,CAPTURE_MISSED,`);
    expect(first).toMatch(/,SUCCESS,captured,3000,3000$/);
    expect(rest.join('\r\n')).toContain(`,"'=HYPERLINK(""http://x""),\n""quoted""",`);
  });
});
