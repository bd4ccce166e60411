import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { testDatabase, type TestDatabase } from '@reseller/testing';
import { LEDGER_INVARIANTS } from '../src/ledger/ledger-invariants.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase('wallet');
});
afterAll(() => db.drop());

const EXPENSE = '00000000-0000-7000-8000-000000000011';
const CLEARING = '00000000-0000-7000-8000-000000000012';

const JOURNAL = `insert into journals (id, type, reference, description) values ($1, 'ADJUSTMENT', $2, 'test')`;
const ENTRY = `insert into entries (id, journal_id, account_id, owner_id, asset, amount_paise, is_principal)
  select gen_random_uuid(), $1, id, owner_id, asset, $3, false from accounts where id = $2`;

type Statement = readonly [sql: string, params: readonly (string | number)[]];

/** Statements sent together are one transaction, at whose end the deferred checks are made. */
async function inTransaction(statements: readonly Statement[]): Promise<void> {
  const literal = (value: string | number | undefined): string =>
    typeof value === 'number' ? `${value}` : `'${value}'`;
  const texts = statements.map(([sql, params]) =>
    sql.replaceAll(/\$(\d)/g, (_, index: string) => literal(params[Number(index) - 1])),
  );
  await db.query(texts.join('; '));
}

const balanced = (journalId: string, reference = `test:${journalId}`): Statement[] => [
  [JOURNAL, [journalId, reference]],
  [ENTRY, [journalId, EXPENSE, -5]],
  [ENTRY, [journalId, CLEARING, 5]],
];

describe('the ledger, whoever writes to it', () => {
  it('takes a journal whose debits are its credits', async () => {
    const journalId = newId();
    await inTransaction(balanced(journalId));
    expect(await db.query('select 1 from entries where journal_id = $1', [journalId])).toHaveLength(2);
  });

  it('refuses at commit a journal that does not balance, has no entries, or gets one more later', async () => {
    const [lopsided, empty, later] = [newId(), newId(), newId()];
    await expect(
      inTransaction([
        [JOURNAL, [lopsided, 'test:lopsided']],
        [ENTRY, [lopsided, EXPENSE, -5]],
        [ENTRY, [lopsided, CLEARING, 4]],
      ]),
    ).rejects.toThrow('does not balance');
    await expect(inTransaction([[JOURNAL, [empty, 'test:empty']]])).rejects.toThrow('has no entries');
    await inTransaction(balanced(later));
    await expect(inTransaction([[ENTRY, [later, EXPENSE, 1]]])).rejects.toThrow('does not balance');
  });

  it.each(['update %s set id = id', 'delete from %s', 'truncate %s cascade'])(
    'is append-only: %s',
    async (statement) => {
      await inTransaction(balanced(newId()));
      await expect(db.query(statement.replace('%s', 'entries'))).rejects.toThrow('append-only');
      await expect(db.query(statement.replace('%s', 'journals'))).rejects.toThrow('append-only');
    },
  );

  it('refuses a reference twice', async () => {
    const journalId = newId();
    await inTransaction(balanced(journalId));
    await expect(inTransaction(balanced(newId(), `test:${journalId}`))).rejects.toThrow('journals_reference_key');
  });

  it('refuses an entry of another asset than its account’s', async () => {
    const journalId = newId();
    await expect(
      inTransaction([
        [JOURNAL, [journalId, 'test:points']],
        [ENTRY.replace('owner_id, asset, $3', `owner_id, 'POINTS', $3`), [journalId, EXPENSE, -5]],
      ]),
    ).rejects.toThrow('foreign key');
  });

  it('refuses a balance below zero, and a credit on what is owed', async () => {
    const insert = `insert into accounts (id, owner_id, kind, may_go_below_zero, balance_paise) values (gen_random_uuid(), gen_random_uuid(), $1, $2, $3)`;
    await expect(db.query(insert, ['AVAILABLE', false, -1])).rejects.toThrow('accounts_check');
    await expect(db.query(insert, ['RECEIVABLE', true, 1])).rejects.toThrow('accounts_check');
    await db.query(insert, ['RECEIVABLE', true, -1]);
    await db.query(`delete from accounts where kind = 'RECEIVABLE'`);
  });
});

describe('the invariants', () => {
  // Each is broken once, or nobody would know that it can be.
  const sellerId = newId();
  const orderId = newId();
  const account = (kind: string) => `(select id from accounts where owner_id = '${sellerId}' and kind = '${kind}')`;
  const breaks: readonly (readonly [name: string, damage: string])[] = [
    [
      'every journal sums to zero per asset',
      `update entries set amount_paise = amount_paise + 1, balance_after_paise = balance_after_paise + 1 where account_id = ${account('PENDING')}`,
    ],
    ['every journal has at least two entries', `delete from entries where owner_id <> '${sellerId}'`],
    [
      'every balance is the sum of its entries',
      `update accounts set balance_paise = balance_paise + 1 where id = ${account('PENDING')}`,
    ],
    [
      'every entry begins where the one before it on its account ended',
      `update entries set balance_before_paise = 7, balance_after_paise = amount_paise + 7 where account_id = ${account('PENDING')}`,
    ],
    [
      'no balance is below zero that may not be, and nobody is owed through RECEIVABLE',
      `alter table accounts drop constraint accounts_check; update accounts set balance_paise = -1 where id = ${account('AVAILABLE')}`,
    ],
    [
      'nobody has something available while they owe',
      `update accounts set balance_paise = 1 where id = ${account('AVAILABLE')}; update accounts set balance_paise = -1 where id = ${account('RECEIVABLE')}`,
    ],
    [
      'commission posted is what the facts of its order call for',
      `update commissions set refunded_paise = 100 where order_id = '${orderId}'`,
    ],
    [
      'commission posted is what the ledger holds for its order',
      `update commissions set posted_pending_paise = 29 where order_id = '${orderId}'`,
    ],
    ['every commission journal belongs to an order whose facts are known', `delete from commissions`],
    [
      'total earnings are the commission posted',
      `update wallets set total_earnings_paise = 31 where seller_id = '${sellerId}'`,
    ],
    [
      'payouts under way are what is in transit',
      `update accounts set balance_paise = 1 where id = ${account('PAYOUT_IN_TRANSIT')}`,
    ],
    [
      'payouts completed are what has been cleared',
      `insert into payouts (id, seller_id, business_id, amount_paise, status, requested_by, decided_by, decided_at) values (gen_random_uuid(), '${sellerId}', '${sellerId}', 5, 'COMPLETED', '${sellerId}', gen_random_uuid(), now())`,
    ],
  ];
  let fresh: TestDatabase;

  beforeAll(async () => {
    fresh = await testDatabase('wallet');
    await fresh.query(`
      insert into wallets (id, seller_id, business_id, total_earnings_paise) values (gen_random_uuid(), '${sellerId}', '${sellerId}', 30);
      insert into accounts (id, owner_id, kind, may_go_below_zero, balance_paise)
        select gen_random_uuid(), '${sellerId}', kind, kind = 'RECEIVABLE', case kind when 'PENDING' then 30 else 0 end
        from unnest(array['PENDING', 'AVAILABLE', 'PAYOUT_IN_TRANSIT', 'RECEIVABLE']) as kind;
      insert into commissions (order_id, order_number, business_id, seller_id, commission_paise, order_total_paise, locked_at, posted_pending_paise, postings)
        values ('${orderId}', 'ORD-1', '${sellerId}', '${sellerId}', 30, 300, now(), 30, 1);
      insert into journals (id, type, reference, description, order_id) values ('${orderId}', 'COMMISSION_CREATED', 'commission:1', 'test', '${orderId}');
      insert into entries (id, journal_id, account_id, owner_id, asset, amount_paise, balance_before_paise, balance_after_paise, is_principal)
        select gen_random_uuid(), '${orderId}', ${account('PENDING')}, '${sellerId}', 'INR', 30, 0, 30, true;
      insert into entries (id, journal_id, account_id, owner_id, asset, amount_paise, is_principal)
        select gen_random_uuid(), '${orderId}', id, owner_id, asset, -30, false from accounts where id = '${EXPENSE}'`);
  });
  afterAll(() => fresh.drop());

  it('hold for a sound ledger', async () => {
    for (const { name, sql } of LEDGER_INVARIANTS) expect([name, await fresh.query(sql)]).toEqual([name, []]);
  });

  it.each(breaks)('notice when it breaks: %s', async (name, damage) => {
    const sql = LEDGER_INVARIANTS.find((invariant) => invariant.name === name)?.sql ?? '';
    await expect(damageAndCount(damage, sql)).rejects.toThrow(/^violations=[1-9]/);
  });

  it('are all broken once above', () => {
    expect(breaks.map(([name]) => name)).toEqual(LEDGER_INVARIANTS.map(({ name }) => name));
  });

  /** Does the damage with triggers off; reports in an error, which also undoes it. */
  const damageAndCount = (damage: string, sql: string) =>
    fresh.query(`set local session_replication_role = replica; ${damage};
      do $$ begin raise exception 'violations=%', (select count(*) from (${sql}) violation); end $$`);
});
