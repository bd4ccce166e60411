// A platform for tests, in a process of its own: outside Jest, as `npm start` runs it, with ports, databases, queues and
// a data folder that nobody else uses. Its parent asks by message; when the parent is gone it stops and cleans up.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTransport } from '@reseller/messaging';
import { createLogger } from '@reseller/runtime';
import pg from 'pg';

const firstBase = 5000;
const lastBase = 5400;
const portsOfOne = 20;

const tag = randomBytes(3).toString('hex');
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'reseller-e2e-'));
const { base, release } = await takePorts();
Object.assign(process.env, {
  NODE_ENV: 'development',
  RESELLER_PORT_BASE: String(base),
  RESELLER_DATABASE_PREFIX: `reseller_test_${process.env.TEST_RUN ?? 'manual'}_${tag}_`,
  RESELLER_DATA_DIR: dataDir,
  EVENT_NAMESPACE: `e2e.${tag}.`,
});
const { startPlatform } = await import('../../scripts/lib/platform.mjs');
const { seed } = await import('../../scripts/lib/seed.mjs');
const { verifyInvariants } = await import('../../scripts/lib/invariants.mjs');
const { urlOfDatabase } = await import('../../scripts/lib/service-env.mjs');

let platform;
let ending;
const crashes = [];

const requests = {
  kill: async ({ name, signal }) => processNamed(name).kill(signal),
  verify: () => verifyInvariants({ urlOf: databaseOf, settleMs: 20_000 }),
  crashes: async () => crashes,
  stop: () => end(),
};

process.on('message', ({ id, ask, ...details }) => {
  requests[ask](details).then(
    (answer) => process.send({ id, answer }, () => ask === 'stop' && process.exit(0)),
    (error) => process.send({ id, error: error.message }),
  );
});
process.on('disconnect', () => void end().finally(() => process.exit(1)));

try {
  const extraEnv = JSON.parse(process.env.E2E_EXTRA_ENV ?? '{}');
  platform = await startPlatform({ log: noteCrash, extraEnv });
  await seed(platform);
  process.send({
    ready: {
      gatewayUrl: platform.settings.gatewayUrl,
      sandboxUrl: `http://localhost:${platform.settings.sandboxPort}`,
      serviceUrls: Object.fromEntries(
        platform.settings.services.map(({ name, port }) => [name, `http://localhost:${port}`]),
      ),
      databaseUrls: Object.fromEntries(platform.settings.services.map(({ name }) => [name, databaseOf(name)])),
      logDir: platform.settings.logDir,
      secrets: platform.secrets,
    },
  });
} catch (error) {
  process.send({ failed: error.message });
  await end();
  process.exit(1);
}

function noteCrash(line) {
  if (line.includes('unexpectedly')) crashes.push(line);
}

function processNamed(name) {
  const found = platform.processes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No process is called ${name}.`);
  return found;
}

function databaseOf(name) {
  const { database } = platform.settings.services.find((service) => service.name === name.replace(/-service$/, ''));
  return urlOfDatabase(platform.postgres.url, database);
}

function end() {
  ending ??= (async () => {
    await platform?.stop();
    if (platform !== undefined) {
      await removeQueues();
      await dropDatabases();
    }
    rmSync(dataDir, { recursive: true, force: true });
    release();
  })();
  return ending;
}

async function removeQueues() {
  const { broker } = platform;
  if (broker.kind !== 'rabbitmq') return;
  const { transport } = createTransport(
    'order',
    {
      EVENT_TRANSPORT: 'rabbitmq',
      RABBITMQ_URL: broker.url,
      EVENT_NAMESPACE: process.env.EVENT_NAMESPACE,
      EVENT_RETRY_DELAYS_MS: (process.env.EVENT_RETRY_DELAYS_MS ?? '5000').split(',').map(Number),
      EVENT_CONCURRENCY: 1,
    },
    createLogger({ service: 'test', level: 'silent' }),
  );
  // A broker that does not answer must not keep the tests from ending; what it keeps is in a namespace of its own.
  const removed = transport.removeNamespace().then(() => transport.close());
  await Promise.race([removed, delay(20_000, undefined, { ref: false })]);
}

async function dropDatabases() {
  const client = new pg.Client({ connectionString: platform.postgres.url });
  await client.connect();
  const names = [...platform.settings.services.map(({ database }) => database), platform.settings.busDatabase];
  for (const name of names) await client.query(`drop database if exists "${name}" with (force)`);
  await client.end();
}

/** The first block of ports whose last one nobody holds; holding that one keeps other tests out of the block. */
async function takePorts() {
  for (let candidate = firstBase; candidate <= lastBase; candidate += portsOfOne) {
    const holder = net.createServer();
    const isFree = await new Promise((resolve) => {
      holder.once('error', () => resolve(false));
      holder.listen({ port: candidate + portsOfOne - 1, host: '127.0.0.1' }, () => resolve(true));
    });
    if (isFree) return { base: candidate, release: () => holder.close() };
  }
  throw new Error(`No block of ports is free between ${firstBase} and ${lastBase + portsOfOne}.`);
}
