import { Inject, Injectable } from '@nestjs/common';
import { Database, type Sql } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { withoutPayer } from './without-payer.js';

const INTERVAL_MS = 3_600_000;

const OF_SUBJECT = `
  select id, body from webhook_events where
    razorpay_order_id in (select razorpay_order_id from payments where subject_id = $1)
    or razorpay_payment_id in (
      select razorpay_payment_id from payments where subject_id = $1 union all
      select t.razorpay_payment_id from payment_attempts t join payments p on p.id = t.payment_id where p.subject_id = $1)`;

const REWRITE = `
  update webhook_events w set body = without.body
  from jsonb_to_recordset($1::jsonb) as without(id uuid, body text) where w.id = without.id returning w.id`;

/** Takes who paid out of the stored webhooks of an order. */
export async function forgetPayer(sql: Sql, subjectId: string): Promise<void> {
  const stored = await sql.query<{ id: string; body: string }>(OF_SUBJECT, [subjectId]);
  const changed = stored
    .map(({ id, body }) => ({ id, before: body, body: JSON.stringify(withoutPayer(JSON.parse(body))) }))
    .filter(({ before, body }) => body !== before)
    .map(({ id, body }) => ({ id, body }));
  if (changed.length > 0) await sql.query(REWRITE, [JSON.stringify(changed)]);
}

/** What was stored at the very moment of the tombstone, which neither of the two could see of the other. */
@Injectable()
export class ForgetLatePayers extends ServiceJob {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('forget-late-payers', INTERVAL_MS, logger);
  }

  /** @returns none: all of them are looked at in one run */
  async execute(): Promise<number> {
    const forgotten = await this.database.query<{ id: string }>(
      `select subject_id as id from subject_accounts where buyer_forgotten_at > now() - interval '1 day'`,
    );
    for (const { id } of forgotten) await forgetPayer(this.database, id);
    return 0;
  }
}
