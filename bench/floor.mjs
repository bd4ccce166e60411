// The floor: what the purchases' own SQL costs when nothing else is done. Statements are not copied here by hand, where
// they would soon differ from the services': the services run some purchases while every statement is recorded with its
// values, and then one process sends the very same statements with bare pg to copies of the databases as they were before.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { urlOfDatabase } from '../scripts/lib/service-env.mjs';
import { copyDatabases } from './lib/platform.mjs';
import { runPurchases } from './lib/scenarios.mjs';

const ORDERS = 300;
const CONNECTIONS_PER_DATABASE = 6;
const copyOf = (database) => database.replace('bench_', 'bench_floor_');

/** @param {{ concurrency: number, restart: (options: object) => Promise<object> }} options `restart` starts the platform anew */
export async function measureFloor(platform, shop, { concurrency, restart }) {
  const { settings, postgres } = platform;
  // An embedded server stops with its platform; the copies are made and used while one runs.
  const databases = platform.services.map(({ database }) => database);
  await Promise.all(platform.processes.map((process_) => process_.stop()));
  await copyDatabases(
    postgres.url,
    databases.map((name) => [name, copyOf(name)]),
  );
  await platform.stop();

  const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-sql-'));
  try {
    const recorder = new URL('lib/record-sql.mjs', import.meta.url);
    const recorded = await restart({ nodeOptions: `--import ${recorder}`, env: { BENCH_RECORD: folder } });
    const beganAtMs = Date.now();
    const { orders } = await runPurchases(recorded, shop, { concurrency, seconds: 120, orders: ORDERS });
    const endedAtMs = Date.now();
    await Promise.all(recorded.processes.map((process_) => process_.stop()));
    const units = unitsOf(readStatements(folder, databases), { beganAtMs, endedAtMs });
    const replayed = await replay(units, { postgres: recorded.postgres, concurrency, settings });
    const statements = units.reduce(
      (sum, unit) => sum + unit.statements.filter(({ text }) => !isControl(text)).length,
      0,
    );
    return {
      ...replayed,
      mostSent: mostSent(units, orders),
      orders,
      units: units.length,
      statementsPerOrder: statements / orders,
      transactionsPerOrder: units.length / orders,
      ordersPerSecond: orders / (replayed.elapsedMs / 1_000),
      cpuMsPerOrder: replayed.cpuMs / orders,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isControl = (text) => /^\s*(begin|commit|rollback)/i.test(text);
const isBegin = (text) => /^\s*begin/i.test(text);
const isEnd = (text) => /^\s*(commit|rollback)/i.test(text);

/** What goes to the services' own databases: a transport that lives in PostgreSQL is the broker's work, not theirs. */
function readStatements(folder, databases) {
  return readdirSync(folder)
    .flatMap((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')))
    .filter(({ database }) => databases.includes(database))
    .sort((a, b) => a.atMs - b.atMs);
}

/** Transactions, and statements that are one by themselves, in the order in which they began. */
function unitsOf(statements, { beganAtMs, endedAtMs }) {
  const open = new Map();
  const units = [];
  for (const { atMs, database, connection, text, name, values } of statements) {
    const statement = { text, values: values.map(received), ...(name === undefined ? {} : { name }) };
    const current = open.get(connection);
    if (current !== undefined) {
      current.statements.push(statement);
      if (isEnd(text)) open.delete(connection);
      continue;
    }
    // The services' starts before, and their stops after, are nobody's purchase.
    if (atMs < beganAtMs || atMs > endedAtMs) continue;
    const unit = { database, statements: [statement] };
    units.push(unit);
    if (isBegin(text)) open.set(connection, unit);
  }
  return units;
}

/** Which statements an order is made of, for whoever looks for one too many. */
function mostSent(units, orders) {
  const counts = new Map();
  for (const { database, statements } of units) {
    for (const { text } of statements) {
      const key = `${database.replace('bench_', '')}: ${text.replace(/\s+/g, ' ').trim().slice(0, 160)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const perOrder = [...counts].map(([statement, count]) => ({ statement, perOrder: count / orders }));
  return perOrder.sort((a, b) => b.perOrder - a.perOrder);
}

const received = (value) => (value !== null && typeof value === 'object' ? Buffer.from(value.base64, 'base64') : value);

async function replay(units, { postgres, concurrency }) {
  const pools = new Map();
  const poolOf = (database) => {
    const connectionString = urlOfDatabase(postgres.url, copyOf(database));
    const pool = pools.get(database) ?? new pg.Pool({ connectionString, max: CONNECTIONS_PER_DATABASE });
    pools.set(database, pool);
    return pool;
  };
  const failures = [];
  let next = 0;
  const worker = async () => {
    while (next < units.length) {
      const unit = units[next++];
      await send(poolOf(unit.database), unit).catch((error) => failures.push(error.message));
    }
  };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const elapsedMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  await Promise.all([...pools.values()].map((pool) => pool.end()));
  return {
    elapsedMs,
    cpuMs: (cpu.user + cpu.system) / 1_000,
    failed: failures.length,
    shownFailures: [...new Set(failures)].slice(0, 5),
  };
}

async function send(pool, { statements }) {
  const client = await pool.connect();
  let broken;
  try {
    for (const statement of statements) await client.query(statement);
  } catch (error) {
    broken = error;
    throw error;
  } finally {
    client.release(broken);
  }
}
