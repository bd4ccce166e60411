import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@reseller/persistence';
import { SHARED_TABLES_SQL, testDatabase, type TestDatabase } from '@reseller/testing';
import { WebSocketServer } from 'ws';
// Any service's client knows the shared tables; the persistence library has none, and knows no service.
import { PrismaClient } from '../services/product-service/src/generated/prisma/client.js';

/** What Neon has in front of its databases: WebSocket frames in, TCP out. */
async function webSocketProxy(
  targetUrl: string,
): Promise<{ address: string; opened: () => number; close: () => Promise<void> }> {
  const { hostname, port } = new URL(targetUrl);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  let opened = 0;
  server.on('connection', (socket) => {
    opened += 1;
    const postgres = net.connect(Number(port || 5432), hostname);
    socket.on('message', (bytes: Buffer) => postgres.write(bytes));
    postgres.on('data', (bytes) => socket.send(bytes));
    socket.on('close', () => postgres.destroy());
    postgres.on('close', () => socket.close());
    postgres.on('error', () => socket.close());
    socket.on('error', () => postgres.destroy());
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    address: `127.0.0.1:${address.port}/v1`,
    opened: () => opened,
    close: async () => {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('on Neon', () => {
  let db: TestDatabase;
  let proxy: Awaited<ReturnType<typeof webSocketProxy>>;
  let database: Database<PrismaClient>;
  beforeAll(async () => {
    db = await testDatabase({ name: 'neon', sql: SHARED_TABLES_SQL });
    proxy = await webSocketProxy(db.url);
    database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: db.url,
      poolSize: 2,
      service: 'test',
      adapter: 'neon',
      neonProxy: proxy.address,
    });
  });
  afterAll(async () => {
    await database.close();
    await proxy.close();
    await db.drop();
  });

  const key = (name: string) => ({
    principal: 'p',
    route: 'r',
    key: name,
    requestHash: 'h',
    subjectId: '0198a6a0-0000-7000-8000-000000000001',
    leaseUntil: new Date(),
  });
  const keys = async () =>
    (await db.query<{ key: string }>('select key from idempotency_keys order by key')).map((row) => row.key);

  it('speaks through WebSockets: models, SQL and both kinds of transaction', async () => {
    await database.prisma.idempotencyKey.create({ data: key('a') });
    expect(await database.prisma.idempotencyKey.count()).toBe(1);

    const nudged: string[] = [];
    await database.sqlTransaction(async (tx) => {
      tx.afterCommit(() => nudged.push('sql'));
      await tx.query(`update idempotency_keys set status = $1 where key = 'a'`, [201]);
    });
    await database.transaction(async (tx) => {
      tx.afterCommit(() => nudged.push('models'));
      await tx.models.idempotencyKey.create({ data: key('b') });
      expect(await tx.query('select status from idempotency_keys where key = $1', ['a'])).toEqual([{ status: 201 }]);
    });
    expect([nudged, await keys()]).toEqual([
      ['sql', 'models'],
      ['a', 'b'],
    ]);
    expect(proxy.opened()).toBeGreaterThanOrEqual(2);
  });

  it('rolls both kinds back', async () => {
    const before = await keys();
    const failing = database.transaction(async (tx) => {
      await tx.models.idempotencyKey.create({ data: key('c') });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const other = database.sqlTransaction(async (tx) => {
      await tx.query('delete from idempotency_keys');
      throw new Error('no');
    });
    await expect(other).rejects.toThrow('no');
    expect(await keys()).toEqual(before);
  });

  it('reads int8 as bigint, timestamptz as Date and jsonb parsed', async () => {
    const [row] = await database.query<{ big: bigint; at: Date; json: unknown }>(
      `select 9007199254740993::int8 as big, now() as at, '{"a":1}'::jsonb as json where $1::int = 1`,
      [1],
    );
    expect(row).toEqual({ big: 9_007_199_254_740_993n, at: expect.any(Date), json: { a: 1 } });
    expect(database.statementCounts().statements).toBeGreaterThan(0);
  });
});

describe('a Prisma transaction on pg', () => {
  it('shares the pool with plain SQL, is counted and runs again after a conflict', async () => {
    const db = await testDatabase({ name: 'prisma_pg', sql: SHARED_TABLES_SQL });
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: db.url,
      poolSize: 2,
      service: 'test',
    });
    await db.query(`insert into inbox (consumer, event_id) values ('a', '0198a6a0-0000-7000-8000-000000000001')`);
    let runs = 0;
    await database.transaction(
      async (tx) => {
        runs += 1;
        await tx.models.inbox.findMany();
        if (runs === 1) await db.query(`update inbox set consumer = 'b'`);
        await tx.models.inbox.updateMany({ data: { consumer: 'c' } });
      },
      { isolation: 'REPEATABLE READ' },
    );
    expect(runs).toBe(2);
    expect(await db.query('select consumer from inbox')).toEqual([{ consumer: 'c' }]);
    const { begins, commits, rollbacks } = database.statementCounts();
    expect([begins, commits, rollbacks]).toEqual([2, 1, 1]);
    await database.close();
    await db.drop();
  });
});
