import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chaosProxy, eventually, testDatabase, type ChaosProxy, type TestDatabase } from '@reseller/testing';
import { isDatabaseOutage, openDatabase, WrittenTogether, type Database } from '../src/index.js';

const noPrisma = { $transaction: () => Promise.reject(new Error('no models')), $disconnect: () => Promise.resolve() };
const open = (url: string, poolSize = 4): Database => openDatabase(() => noPrisma, { url, poolSize, service: 'test' });

describe('Database', () => {
  let db: TestDatabase;
  let database: Database;
  let proxy: ChaosProxy;
  beforeAll(async () => {
    db = await testDatabase({
      name: 'persistence',
      sql: `create table accounts (id int primary key, paise bigint not null, at timestamptz not null default now(), note jsonb)`,
    });
    const { hostname, port } = new URL(db.url);
    proxy = await chaosProxy({ host: hostname, port: Number(port || 5432) });
  });
  beforeEach(async () => {
    await db.query('truncate accounts');
    await db.query('insert into accounts (id, paise, note) values (1, 100, $1), (2, 100, null)', ['{"a":[1]}']);
    database = open(proxy.urlOf(db.url));
  });
  afterEach(async () => {
    proxy.heal();
    await database.close();
  });
  afterAll(async () => {
    await db.drop();
    await proxy.close();
  });

  const paise = async (id: number) =>
    (await db.query<{ paise: bigint }>('select paise from accounts where id = $1', [id]))[0]?.paise;
  const set = 'update accounts set paise = $2 where id = $1';

  it('reads int8 as bigint, timestamptz as Date and jsonb parsed', async () => {
    await db.query('update accounts set paise = 9007199254740993 where id = 1');
    const [row] = await database.query<{ paise: bigint; at: Date; note: unknown; many: bigint[] }>(
      `select paise, at, note, array[1, 9007199254740993]::int8[] as many from accounts where id = $1`,
      [1],
    );
    expect(row?.paise).toBe(9_007_199_254_740_993n);
    expect(row?.many).toEqual([1n, 9_007_199_254_740_993n]);
    expect(row?.at).toBeInstanceOf(Date);
    expect(row?.note).toEqual({ a: [1] });
  });

  it('commits all or nothing, and nudges only after a commit', async () => {
    const nudged: string[] = [];
    await database.sqlTransaction(async (tx) => {
      tx.afterCommit(() => nudged.push('one'));
      tx.afterCommit(() => nudged.push('two'));
      await tx.query(set, [1, 5]);
      expect([nudged, await paise(1)]).toEqual([[], 100n]);
    });
    expect([nudged, await paise(1)]).toEqual([['one', 'two'], 5n]);
    const failing = database.sqlTransaction(async (tx) => {
      tx.afterCommit(() => nudged.push('never'));
      await tx.query(set, [1, 6]);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect([nudged, await paise(1)]).toEqual([['one', 'two'], 5n]);
  });

  it('does last what was left for the commit, and nothing of the transaction stays where that fails', async () => {
    const together = new WrittenTogether<readonly [number, number]>(async (tx, rows) => {
      for (const row of rows) await tx.query(set, row);
    });
    await database.sqlTransaction(async (tx) => {
      together.add(tx, [1, 8]);
      expect(await tx.query('select paise from accounts where id = 1')).toEqual([{ paise: 100n }]);
    });
    expect(await paise(1)).toBe(8n);
    await database.sqlTransaction(async (tx) => {
      together.add(tx, [1, 6]);
      tx.beforeCommit(async () => together.add(tx, [2, 5]));
    });
    expect([await paise(1), await paise(2)]).toEqual([6n, 5n]);
    await database.sqlTransaction(async (tx) => together.add(tx, [1, 8]));
    const failing = database.sqlTransaction(async (tx) => {
      await tx.query(set, [1, 9]);
      tx.beforeCommit(() => Promise.reject(new Error('at the last moment')));
    });
    await expect(failing).rejects.toThrow('at the last moment');
    expect(await paise(1)).toBe(8n);
  });

  it('does not take a transaction for committed in which a failed statement was swallowed', async () => {
    const nudged: string[] = [];
    const swallowing = database.sqlTransaction(async (tx) => {
      await tx.query(set, [1, 7]);
      tx.afterCommit(() => nudged.push('never'));
      await tx.query('insert into accounts values (2, 0)').catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('rolled back');
    expect([nudged, await paise(1)]).toEqual([[], 100n]);
  });

  it('runs again after a deadlock', async () => {
    let runs = 0;
    let bothHold: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (bothHold = resolve));
    let holding = 0;
    const move = (first: number, second: number) =>
      database.sqlTransaction(async (tx) => {
        runs += 1;
        await tx.query('update accounts set paise = paise - 1 where id = $1', [first]);
        holding += 1;
        if (holding === 2) bothHold();
        await held;
        await tx.query('update accounts set paise = paise - 1 where id = $1', [second]);
      });
    await Promise.all([move(1, 2), move(2, 1)]);
    expect(runs).toBe(3);
    expect([await paise(1), await paise(2)]).toEqual([98n, 98n]);
  });

  it('runs again after a serialisation failure, with nudges of the last run alone', async () => {
    let runs = 0;
    let nudges = 0;
    await database.sqlTransaction(
      async (tx) => {
        runs += 1;
        tx.afterCommit(() => (nudges += 1));
        await tx.query('select paise from accounts where id = 1');
        if (runs === 1) await db.query('update accounts set paise = 50 where id = 1');
        await tx.query('update accounts set paise = paise + 1 where id = 1');
      },
      { isolation: 'REPEATABLE READ' },
    );
    expect([runs, nudges, await paise(1)]).toEqual([2, 1, 51n]);
  });

  it('gives up after four conflicts, and never repeats another error', async () => {
    let runs = 0;
    const raise = (code: string) =>
      database.sqlTransaction(async (tx) => {
        runs += 1;
        await tx.query(`do $$ begin raise exception 'x' using errcode = '${code}'; end $$`);
      });
    await expect(raise('40001')).rejects.toMatchObject({ code: '40001' });
    expect(runs).toBe(4);
    await expect(raise('23505')).rejects.toMatchObject({ code: '23505' });
    expect(runs).toBe(5);
  });

  it('stops work that takes longer than it may', async () => {
    const slow = database.sqlTransaction((tx) => tx.query('select pg_sleep(10)'), { timeoutMs: 100 });
    await expect(slow).rejects.toMatchObject({ code: '57014' });
    await expect(database.query('show statement_timeout')).resolves.toEqual([{ statement_timeout: '0' }]);
  });

  it('knows an outage from a mistake', async () => {
    await database.ping();
    const outcome = (work: Promise<unknown>) =>
      work.then(
        () => 'fine',
        (error: unknown) => (isDatabaseOutage(error) ? 'outage' : 'mistake'),
      );
    expect(await outcome(database.query('select nonsense'))).toBe('mistake');
    expect(await outcome(database.query('insert into accounts values (1, 0)'))).toBe('mistake');
    proxy.refuse();
    expect(await outcome(database.ping())).toBe('outage');
    expect(await outcome(database.sqlTransaction((tx) => tx.query('select 1')))).toBe('outage');
    proxy.heal();
    expect(await outcome(database.ping())).toBe('fine');
    const nobody = open('postgresql://nobody@127.0.0.1:9/none');
    expect(await outcome(nobody.ping())).toBe('outage');
    await nobody.close();
  });

  it('never uses a broken connection again', async () => {
    const one = open(proxy.urlOf(db.url), 1);
    const pid = async () => (await one.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid;
    const first = await pid();
    const cut = one.sqlTransaction(async (tx) => {
      await tx.query(set, [1, 1]);
      await db.query('select pg_terminate_backend($1)', [first]);
      await tx.query(set, [2, 1]);
    });
    await expect(cut).rejects.toThrow();
    expect(await pid()).not.toBe(first);
    expect(await paise(1)).toBe(100n);
    proxy.reset();
    await eventually(async () => (await pid()) !== undefined);
    await one.close();
  });

  it('gives its connection back whatever happens', async () => {
    const one = open(db.url, 1);
    for (let i = 0; i < 5; i += 1) {
      await one.sqlTransaction((tx) => tx.query('select nonsense')).catch(() => undefined);
    }
    await expect(one.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await one.close();
  });

  it('counts what it sends', async () => {
    await database.query('select 1 as one');
    await database.sqlTransaction(async (tx) => {
      await tx.query(set, [1, 2]);
      await tx.query(set, [2, 2]);
    });
    await database.sqlTransaction(() => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(database.statementCounts()).toEqual({ statements: 3, begins: 2, commits: 1, rollbacks: 1 });
  });
});
