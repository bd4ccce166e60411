import type { Database } from '@reseller/persistence';
import { env } from '@reseller/runtime';

/** Longer than anything can be delivered again, or a replay would count twice. `republish` refuses older ranges. */
export const RETENTION_DAYS = 30;
export const RETENTION_INTERVAL_MS = 3_600_000;

/**
 * A setting in milliseconds: how long a row is kept that makes a repeated event harmless. Not shorter than events can come
 * again.
 */
export const retentionMs = (fallback: string) =>
  env
    .durationMs(fallback)
    .refine((keptMs) => keptMs >= RETENTION_DAYS * 86_400_000, `must be at least ${RETENTION_DAYS}d`);

const BATCH_ROWS = 2_000;

const DELETE_OUTBOX = `delete from outbox where id in (
  select id from outbox where occurred_at < now() - make_interval(days => ${RETENTION_DAYS})
    and published_at < now() - make_interval(days => ${RETENTION_DAYS}) order by occurred_at limit ${BATCH_ROWS})
  returning 1 as one`;

const DELETE_INBOX = `delete from inbox where (consumer, event_id) in (
  select consumer, event_id from inbox where handled_at < now() - make_interval(days => ${RETENTION_DAYS})
    order by handled_at limit ${BATCH_ROWS}) returning 1 as one`;

/** Deletes one batch of published events and of inbox rows past their time. Returns how many rows went. */
export async function deleteExpired(database: Pick<Database, 'query'>): Promise<number> {
  const published = await database.query(DELETE_OUTBOX);
  const handled = await database.query(DELETE_INBOX);
  return published.length + handled.length;
}
