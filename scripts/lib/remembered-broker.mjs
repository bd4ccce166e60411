// Which transport carries the events of this data. It is remembered, because events under way lie on it: another one is
// taken only when the environment says so, and only once the old one is empty.
import pg from 'pg';

/**
 * @returns {Promise<{ kind: 'rabbitmq', url: string } | { kind: 'embedded', reason: string }>}
 * @throws {Error} one sentence
 */
export async function chooseBroker({ memory, provisionBroker, busUrl, env = process.env }) {
  const remembered = memory.broker?.kind;
  const told = Boolean(env.RABBITMQ_URL || env.EVENT_TRANSPORT);
  if (remembered === undefined || told) {
    const broker = await provisionBroker(env);
    if (remembered === 'embedded' && broker.kind !== 'embedded') await requireEmptyBus(busUrl);
    return broker;
  }
  if (remembered === 'embedded') return { kind: 'embedded', reason: 'as before; set RABBITMQ_URL to change it' };
  const broker = await provisionBroker(env);
  if (broker.kind === 'rabbitmq') return broker;
  throw new Error(
    `This data was used with RabbitMQ, which does not answer now (${broker.reason}): start it, or say EVENT_TRANSPORT=embedded once its queues are empty.`,
  );
}

async function requireEmptyBus(busUrl) {
  const client = new pg.Client({ connectionString: busUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(`select count(*)::int as waiting from deliveries where died_at is null`);
    if (rows[0].waiting > 0)
      throw new Error(
        `${rows[0].waiting} events still lie on the embedded transport: start once with EVENT_TRANSPORT=embedded until they are handled, then change to RabbitMQ.`,
      );
  } catch (error) {
    // No such database or table: nothing was ever carried there.
    if (error.code !== '3D000' && error.code !== '42P01') throw error;
  } finally {
    await client.end().catch(() => {});
  }
}
