import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, type Sql, type SqlTx } from '@reseller/persistence';
import { PaymentFixture } from './payment-fixture.js';

/*
 * What each step sends to the database, statement by statement: whoever adds one has to say so here. Opening a payment and
 * webhooks are counted beside their other tests.
 */
describe('statements', () => {
  let fixture: PaymentFixture;
  beforeAll(async () => {
    fixture = await PaymentFixture.start();
  });
  afterAll(() => fixture.stop());

  /** The statements about money that `work` sends, by what they do and to which table; the relay's own are left out. */
  async function sentBy(work: () => Promise<unknown>): Promise<string[]> {
    const database = fixture.service.app.get(Database);
    const sent: string[] = [];
    const recording = <S extends Pick<Sql, 'query'>>(sql: S): Pick<Sql, 'query'> => ({
      query: (text, params) => {
        const name = nameOf(text);
        if (name !== null) sent.push(name);
        return sql.query(text, params);
      },
    });
    const query = database.query.bind(database);
    const sqlTransaction = database.sqlTransaction.bind(database);
    Object.assign(database, {
      query: recording({ query }).query,
      sqlTransaction: <T>(run: (tx: SqlTx) => Promise<T>) => sqlTransaction((tx) => run({ ...tx, ...recording(tx) })),
    });
    try {
      await work();
    } finally {
      Object.assign(database, { query, sqlTransaction });
    }
    return sent;
  }

  it('of a verify that captures: look, look, lock, settle, look', async () => {
    const { razorpayOrder } = await fixture.checkout();
    const paid = await fixture.pay(razorpayOrder.id);
    expect(await sentBy(() => fixture.verify(paid))).toEqual([
      'select payments',
      'select payments',
      'lock subject_accounts',
      'update payments',
      'select payments',
    ]);
    expect(await sentBy(() => fixture.verify(paid))).toEqual(['select payments']);
  });

  it('of a refund: four to ask for it, seven to carry it out, one to look for more', async () => {
    const { payment, paid } = await fixture.paidOrder();
    const made = await sentBy(async () => {
      await fixture.admin.post(`/payments/${payment.id}/refund`, { amount: 10, reason: 'x' });
      await fixture.refundsSettled(payment.id);
    });
    expect(made).toEqual([
      'select payments',
      'lock subject_accounts',
      // Takes the amount out of what can be given back, and writes the refund with it.
      'update payments',
      'insert outbox',
      'update refunds',
      'lock subject_accounts',
      'select refunds',
      'update refunds',
      'update payments',
      'insert outbox',
      'update subject_accounts',
      // Whether more was asked for meanwhile.
      'update refunds',
    ]);
    const [processed] = (await fixture.webhooksAbout(paid.razorpay_payment_id)).filter(
      ({ event }) => event === 'refund.processed',
    );
    if (processed === undefined) throw new Error('the sandbox tells of a refund');
    expect(await sentBy(() => fixture.deliver(processed))).toEqual([
      'insert webhook_events',
      'lock subject_accounts',
      'select refunds',
      'update webhook_events',
    ]);
  });
});

const WRITES = /\b(insert into|update)\s+(payments|refunds|subject_accounts|webhook_events|outbox)\b/;
const TABLES = /\b(insert into|update|from)\s+(payments|refunds|subject_accounts|webhook_events|outbox)\b/;

/** The first thing that a statement changes, or else reads, of our tables; null where it is the relay's. */
function nameOf(text: string): string | null {
  if (/\b(update|from) outbox\b/.test(text)) return null;
  if (/select \* from subject_accounts .* for update/s.test(text)) return 'lock subject_accounts';
  const written = WRITES.exec(text);
  const found = written ?? TABLES.exec(text);
  return found === null ? null : `${found[1]?.replace('insert into', 'insert').replace('from', 'select')} ${found[2]}`;
}
