// When the storm is over: nothing that waits to be told, to be heard or to be done; and whether Razorpay knows the same.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const LOOK_MS = 500;
/** Quiet must last: work that is done may tell of more. */
const QUIET_LOOKS = 4;

const WAITING = {
  outbox: 'select count(*)::int as count from outbox where published_at is null',
  webhooks: 'select count(*)::int as count from webhook_events where processed_at is null and next_try_at is not null',
  refunds: `select count(*)::int as count from refunds where next_try_at < now() + interval '1 minute'`,
};

export class Aftermath {
  /** @param {{ services: { name: string, url: string }[], depthOf: (service: string) => Promise<object> }} place */
  constructor({ services, depthOf }) {
    this.depthOf = depthOf;
    this.pools = new Map(services.map(({ name, url }) => [name, new pg.Pool({ connectionString: url, max: 2 })]));
  }

  async close() {
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
  }

  /** @returns {Promise<string[]>} what still waited when the time was over */
  async whenQuiet(timeoutMs) {
    const deadline = Date.now() + timeoutMs;
    let quietLooks = 0;
    for (;;) {
      const busy = await this.#busy();
      quietLooks = busy.length === 0 ? quietLooks + 1 : 0;
      if (quietLooks === QUIET_LOOKS) return [];
      if (Date.now() > deadline) return busy;
      await sleep(LOOK_MS);
    }
  }

  /** Events that no handler could handle. */
  async dead() {
    const found = [];
    for (const name of this.pools.keys()) {
      const { dead } = await this.depthOf(name);
      if (dead > 0) found.push(`${name} has ${dead} dead letters`);
    }
    return found;
  }

  async #busy() {
    const busy = [];
    const look = async (service, what, sql) => {
      const { rows } = await this.pools.get(service).query(sql);
      if (rows[0].count > 0) busy.push(`${service}: ${rows[0].count} in ${what}`);
    };
    for (const name of this.pools.keys()) {
      await look(name, 'the outbox', WAITING.outbox);
      const { waiting, retrying } = await this.depthOf(name);
      if (waiting + retrying > 0) busy.push(`${name}: ${waiting + retrying} in the queue`);
    }
    await look('payment', 'webhooks', WAITING.webhooks);
    await look('payment', 'refunds to make', WAITING.refunds);
    return busy;
  }

  /**
   * What Razorpay took and gave back, payment by payment, as we know it.
   * @param {Map<string, string>} payments id → what it was
   * @returns {Promise<string[]>} what differs in the end
   */
  async compareWithRazorpay(payments, paymentAtRazorpay, timeoutMs) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const differences = await this.#differences(payments, paymentAtRazorpay);
      if (differences.length === 0 || Date.now() > deadline) return differences;
      await sleep(LOOK_MS);
    }
  }

  async #differences(payments, paymentAtRazorpay) {
    const { rows } = await this.pools.get('payment').query(
      `select razorpay_payment_id as id, captured_paise::int as captured, refunded_paise::int as refunded
       from payments where razorpay_payment_id = any ($1)`,
      [[...payments.keys()]],
    );
    const known = new Map(rows.map((row) => [row.id, row]));
    const differences = [];
    for (const [id, what] of payments) {
      const theirs = await paymentAtRazorpay(id);
      if (!theirs.captured) continue;
      const ours = known.get(id) ?? { captured: 0, refunded: 0 };
      if (ours.captured === theirs.amount && ours.refunded === (theirs.amount_refunded ?? 0)) continue;
      differences.push(
        `${id} (${what}): Razorpay took ${theirs.amount} and gave back ${theirs.amount_refunded}, we know of ${ours.captured} and ${ours.refunded}`,
      );
    }
    return differences;
  }
}
