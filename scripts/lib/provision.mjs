// Finds or starts what the platform needs from outside: a PostgreSQL server and, if there is one, a RabbitMQ.
// It never takes over a database server that it was not pointed at.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import amqp from 'amqplib';
import pg from 'pg';
import { dataDir as defaultDataDir } from './repo.mjs';
import { startEmbeddedPostgres } from './embedded-postgres.mjs';

/** A closed port refuses at once; one that accepts may belong to a broker that is busy starting. */
const probeTimeoutMs = 10_000;

/**
 * @param {{ dataDir?: string, url?: string, temporary?: boolean }} options `url`: the server to use, by default
 *   DATABASE_ADMIN_URL; without one an embedded server starts with its data in `dataDir`; `temporary` removes them when it stops
 * @returns {Promise<{ kind: 'given' | 'embedded', url: string, stop: () => Promise<void> }>} `url` is of a user who may create databases
 * @throws {Error} one sentence
 */
export async function provisionPostgres({
  dataDir = path.join(defaultDataDir, 'postgres'),
  url = process.env.DATABASE_ADMIN_URL,
  temporary = false,
} = {}) {
  if (!url) return { kind: 'embedded', ...(await startEmbeddedPostgres({ dataDir, temporary })) };
  await mayCreateDatabases(url);
  return { kind: 'given', url, stop: async () => {} };
}

async function mayCreateDatabases(url) {
  const variable = url === process.env.DATABASE_ADMIN_URL ? 'DATABASE_ADMIN_URL' : 'DATABASE_URL';
  if (!/^postgres(ql)?:$/.test(protocolOf(url)))
    throw new Error(
      `${variable} is not the address of a PostgreSQL: write it like postgres://user:password@localhost:5432/postgres, or unset it to have an embedded one.`,
    );
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(
      'select rolcreatedb or rolsuper as allowed from pg_roles where rolname = current_user',
    );
    if (!rows[0]?.allowed)
      throw new Error(`user ${client.user} may not create databases (alter role … createdb allows it)`);
  } catch (error) {
    throw new Error(
      `The PostgreSQL of ${variable} (${placeOf(url)}) cannot be used: ${reasonOf(error)}; correct ${variable}, or unset it to have an embedded one.`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * RABBITMQ_URL if set, which must then answer; else a RabbitMQ on this machine if one answers to guest; else the transport
 * that needs no broker. EVENT_TRANSPORT=embedded asks for the last outright. RESELLER_PROBE_RABBITMQ says where to look instead
 * of this machine's usual port, empty: nowhere.
 * @returns {Promise<{ kind: 'rabbitmq', url: string } | { kind: 'embedded', reason: string }>}
 * @throws {Error} one sentence
 */
export async function provisionBroker(env = process.env) {
  if (env.EVENT_TRANSPORT === 'embedded') return { kind: 'embedded', reason: 'EVENT_TRANSPORT says so' };
  if (env.RABBITMQ_URL) {
    if (!/^amqps?:$/.test(protocolOf(env.RABBITMQ_URL)))
      throw new Error(
        'RABBITMQ_URL is not the address of a RabbitMQ: write it like amqp://user:password@localhost:5672, or unset it.',
      );
    const problem = await brokerProblem(env.RABBITMQ_URL, { namespace: env.EVENT_NAMESPACE });
    if (problem === undefined) return { kind: 'rabbitmq', url: env.RABBITMQ_URL };
    throw new Error(
      `The RabbitMQ of RABBITMQ_URL (${placeOf(env.RABBITMQ_URL)}) cannot be used: ${problem}; start it, or correct or unset RABBITMQ_URL.`,
    );
  }
  const probe = env.RESELLER_PROBE_RABBITMQ ?? 'amqp://guest:guest@localhost:5672';
  const problem =
    probe === '' ? 'it was not looked for' : await brokerProblem(probe, { namespace: env.EVENT_NAMESPACE });
  if (problem === undefined) return { kind: 'rabbitmq', url: probe };
  if (env.EVENT_TRANSPORT === 'rabbitmq')
    throw new Error(
      `EVENT_TRANSPORT asks for RabbitMQ, but none can be used at ${placeOf(probe)}: ${problem}; start it, or name one in RABBITMQ_URL.`,
    );
  return { kind: 'embedded', reason: `no RabbitMQ at ${placeOf(probe) || 'hand'}: ${problem}` };
}

/**
 * Makes a queue there and removes it. An open port proves nothing: it may be another program, or the password wrong; and a
 * RabbitMQ that has no files left to open shakes hands, but makes no quorum queue and never says why.
 * @returns {Promise<string | undefined>} undefined when events can be carried there
 */
export async function brokerProblem(url, { namespace = '', timeoutMs = probeTimeoutMs } = {}) {
  let stage = 'it shook no hands';
  let timer;
  const connecting = amqp.connect(url, { timeout: timeoutMs });
  const probing = connecting.then(async (connection) => {
    connection.on('error', () => {});
    stage = 'its limit of open files may be used up: it shook hands, but made no queue';
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    const { queue } = await channel.assertQueue(`${namespace}probe.${randomUUID()}`, {
      arguments: { 'x-queue-type': 'quorum', 'x-expires': 60_000 },
    });
    await channel.deleteQueue(queue);
  });
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${stage} within ${timeoutMs / 1_000} s`)), timeoutMs);
  });
  try {
    await Promise.race([probing, tooLate]);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    clearTimeout(timer);
    // Not waited for: a broker that does not answer does not say goodbye either.
    connecting.then((connection) => connection.close()).catch(() => {});
    probing.catch(() => {});
  }
}

const protocolOf = (url) => (URL.canParse(url) ? new URL(url).protocol : '');

/** Host and path of a URL: enough to know which server is meant, without its password. */
function placeOf(url) {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname === '/' ? '' : pathname}`;
  } catch {
    return '';
  }
}

function reasonOf(error) {
  const first = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  if (/access to queue/.test(first.message)) return 'its user may not make queues';
  if (/ACCESS[_-]REFUSED/.test(first.message)) return 'it refused the user name or password';
  return String(first.message || first.code)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
}
