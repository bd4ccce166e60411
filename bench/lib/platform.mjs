// A platform of the benchmark's own: its ports, databases, queues and data folder are nobody else's, and are gone afterwards.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { dataDir, root } from '../../scripts/lib/repo.mjs';

const prefix = 'bench_';
const namespace = 'bench.';
const home = path.join(dataDir, 'bench');

/** Read by the platform's own scripts, so this comes before they are asked for anything. */
export function useOwnPlace(env = process.env) {
  env.RESELLER_PORT_BASE ??= '7000';
  env.RESELLER_DATABASE_PREFIX = prefix;
  env.RESELLER_DATA_DIR = home;
  env.EVENT_NAMESPACE = namespace;
  env.LOG_LEVEL = env.BENCH_LOG_LEVEL ?? 'warn';
  env.NODE_ENV = 'production';
  // The gateway's limits are for one client address, and here all clients share one.
  env.RATE_LIMIT_CREDENTIALS_PER_MINUTE = '1000000';
}

const extraEnv = {
  RATE_LIMIT_PER_MINUTE: '100000000',
  RATE_LIMIT_PAYMENTS_PER_MINUTE: '100000000',
  JWT_EXPIRES_IN: '12h',
};

/** The services that can be started; what has no main yet is left out, and the report says so. */
function startable(settings) {
  const there = settings.services.filter(({ workspace }) =>
    existsSync(path.join(root, workspace.dir, 'src', 'main.ts')),
  );
  return new Set(there.map(({ name }) => name));
}

/** @param {{ log: (line: string) => void, nodeOptions?: string, env?: Record<string, string> }} options */
export async function startBenchPlatform({ log, nodeOptions = '', env = {} }) {
  const { startPlatform } = await import('../../scripts/lib/platform.mjs');
  const { readSettings } = await import('../../scripts/lib/platform-settings.mjs');
  const profile = process.env.BENCH_PROFILE ? `--import ${new URL('profile-cpu.mjs', import.meta.url)}` : '';
  const options = [process.env.NODE_OPTIONS ?? '', profile, nodeOptions].join(' ').trim();
  return startPlatform({
    log,
    only: startable(readSettings()),
    extraEnv: { ...extraEnv, ...env, ...(options === '' ? {} : { NODE_OPTIONS: options }) },
  });
}

const brokerPatienceMs = 10_000;

/**
 * Removes queues and databases. The platform's processes must have ended; its Postgres must still run.
 * @throws {Error} one sentence when the broker does not answer; the databases are gone all the same
 */
export async function removeTraces({ broker, postgres }) {
  await dropDatabases(postgres.url);
  if (broker.kind !== 'rabbitmq') return;
  const tooLate = delay(brokerPatienceMs, undefined, { ref: false }).then(() => {
    throw new Error(`RabbitMQ does not answer: the queues named ${namespace}… are still there.`);
  });
  await Promise.race([removeQueues(broker.url), tooLate]);
}

export const removeData = () => rmSync(home, { recursive: true, force: true });

async function removeQueues(url) {
  const { createTransport } = await import('@reseller/messaging');
  const silent = { debug() {}, info() {}, warn() {}, error() {}, trace() {} };
  const settings = {
    EVENT_TRANSPORT: 'rabbitmq',
    RABBITMQ_URL: url,
    EVENT_NAMESPACE: namespace,
    EVENT_RETRY_DELAYS_MS: [5_000, 30_000, 120_000, 600_000, 3_600_000],
  };
  await createTransport('order', settings, silent).transport.removeNamespace();
}

export async function dropDatabases(adminUrl, startingWith = prefix) {
  await withAdmin(adminUrl, async (client) => {
    const { rows } = await client.query('select datname as name from pg_database where starts_with(datname, $1)', [
      startingWith,
    ]);
    for (const { name } of rows) await client.query(`drop database ${client.escapeIdentifier(name)} with (force)`);
  });
}

/** Copies each database under a name of its own. Nobody may be connected to them meanwhile. */
export async function copyDatabases(adminUrl, names) {
  await withAdmin(adminUrl, async (client) => {
    for (const [from, to] of names)
      await client.query(`create database ${client.escapeIdentifier(to)} template ${client.escapeIdentifier(from)}`);
  });
}

async function withAdmin(url, work) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
