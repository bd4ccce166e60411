// A place of its own for a platform of an occasion (a benchmark, a storm): ports, databases, queues and a data folder that are
// nobody else's, and are gone afterwards.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { dataDir } from './repo.mjs';
import { urlOfDatabase } from './service-env.mjs';

const brokerPatienceMs = 10_000;

export class OwnPlace {
  constructor({ name, portBase }) {
    this.prefix = `${name}_`;
    this.namespace = `${name}.`;
    this.home = path.join(dataDir, name);
    this.portBase = portBase;
  }

  /** Read by the platform's own scripts, so this comes before they are asked for anything. */
  use(env = process.env) {
    env.RESELLER_PORT_BASE ??= String(this.portBase);
    env.RESELLER_DATABASE_PREFIX = this.prefix;
    env.RESELLER_DATA_DIR = this.home;
    env.EVENT_NAMESPACE = this.namespace;
    // The gateway's limits are for one client address, and here all clients share one.
    env.RATE_LIMIT_CREDENTIALS_PER_MINUTE = '1000000';
  }

  /** For a look at its queues. @returns {Promise<object>} a transport that is not open yet */
  async transport({ broker, postgres, settings }) {
    const { createTransport } = await import('@reseller/messaging');
    const silent = { debug() {}, info() {}, warn() {}, error() {}, trace() {} };
    const delaysMs = process.env.EVENT_RETRY_DELAYS_MS ?? '5000,30000,120000,600000,3600000';
    const options = {
      EVENT_TRANSPORT: broker.kind,
      RABBITMQ_URL: broker.url,
      BUS_DATABASE_URL: urlOfDatabase(postgres.url, settings.busDatabase),
      EVENT_NAMESPACE: this.namespace,
      EVENT_RETRY_DELAYS_MS: delaysMs.split(',').map(Number),
    };
    return createTransport('order', options, silent).transport;
  }

  /**
   * Removes queues and databases. The platform's processes must have ended; its Postgres must still run.
   * @throws {Error} one sentence when the broker does not answer; the databases are gone all the same
   */
  async removeTraces(platform) {
    await dropDatabases(platform.postgres.url, this.prefix);
    if (platform.broker.kind !== 'rabbitmq') return;
    const tooLate = delay(brokerPatienceMs, undefined, { ref: false }).then(() => {
      throw new Error(`RabbitMQ does not answer: the queues named ${this.namespace}… are still there.`);
    });
    const transport = await this.transport(platform);
    await Promise.race([transport.removeNamespace(), tooLate]);
  }

  removeData() {
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Stops the platform and leaves nothing of it behind. An embedded Postgres stops with it, and its data is in the folder. */
  async leave(platform, log) {
    await platform.stop().catch((error) => log(`Stopping: ${error.message}`));
    if (platform.postgres.kind === 'given') await this.removeTraces(platform).catch((error) => log(error.message));
    this.removeData();
  }
}

export async function dropDatabases(adminUrl, startingWith) {
  await withAdmin(adminUrl, async (client) => {
    const { rows } = await client.query('select datname as name from pg_database where starts_with(datname, $1)', [
      startingWith,
    ]);
    for (const { name } of rows) await client.query(`drop database ${client.escapeIdentifier(name)} with (force)`);
  });
}

export async function withAdmin(url, work) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
