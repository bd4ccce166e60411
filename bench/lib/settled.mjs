// How the purchases ended, read from the databases once the load is over, so that looking does not disturb it.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { urlOfDatabase } from '../../scripts/lib/service-env.mjs';

const patienceMs = 60_000;
const lookEveryMs = 200;

/**
 * Waits until every paid order's commission is locked. Webhook and journal are both stamped by the one database server
 * of this run, as the time when their transaction began: the journal's commit, a millisecond or two, is not in it.
 * @returns {Promise<{ locked: number, lockedAtMs: number[], lagMs: number[], orderStatuses: Record<string, number> }>}
 */
export async function settledPurchases({ settings, postgres }, orderIds) {
  const open = async (service) => {
    const { database } = settings.services.find(({ name }) => name === service);
    const client = new pg.Client({ connectionString: urlOfDatabase(postgres.url, database) });
    await client.connect();
    return client;
  };
  const [wallet, payment, order] = await Promise.all(['wallet', 'payment', 'order'].map(open));
  try {
    const locked = await waitForJournals(wallet, orderIds);
    const { rows: heard } = await payment.query(
      `select payments.subject_id as id, extract(epoch from min(received_at)) * 1000 as at from webhook_events
       join payments using (razorpay_order_id)
       where event_type in ('payment.captured', 'order.paid') and payments.subject_id = any($1) group by 1`,
      [orderIds],
    );
    const { rows: statuses } = await order.query(
      'select status, count(*)::int as count from orders where id = any($1) group by 1',
      [orderIds],
    );
    const lagMs = heard.flatMap(({ id, at }) => (locked.has(id) ? [locked.get(id) - Number(at)] : []));
    return {
      locked: locked.size,
      lockedAtMs: [...locked.values()],
      lagMs,
      orderStatuses: Object.fromEntries(statuses.map(({ status, count }) => [status, count])),
    };
  } finally {
    await Promise.all([wallet, payment, order].map((client) => client.end()));
  }
}

async function waitForJournals(wallet, orderIds) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { rows } = await wallet.query(
      `select order_id as id, extract(epoch from created_at) * 1000 as at from journals
       where type = 'COMMISSION_CREATED' and order_id = any($1)`,
      [orderIds],
    );
    if (rows.length >= orderIds.length || Date.now() > deadline)
      return new Map(rows.map(({ id, at }) => [id, Number(at)]));
    await sleep(lookEveryMs);
  }
}
