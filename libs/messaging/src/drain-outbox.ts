import type { Database, SqlTx } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { failpoint } from './failpoint.js';
import type { OutgoingEvent, PublishOutcome, Transport } from './transport.js';

/** `more`: a full batch went out, so there may be another. `locked`: another relay is at work. */
export type DrainResult =
  | { readonly kind: 'more' | 'published'; readonly count: number }
  | { readonly kind: 'idle' | 'locked' | 'unavailable' };

const BATCH_MAX = 100;
const PAGE_ROWS = 100;
/** Pages looked through behind rows that back off, so that a heap of those does not stop the rest. */
const PAGES_MAX = 20;
/** With doubling from 1 s up to 5 min this is about an hour and a half. */
const ATTEMPTS_MAX = 24;

interface OutboxRow {
  readonly id: string;
  readonly seq: bigint;
  readonly aggregate_id: string;
  readonly type: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  readonly attempts: number;
  readonly waits: boolean;
}

const UNPUBLISHED = `select id, seq, aggregate_id, type, payload::text as body, headers, attempts,
    coalesce(available_at > now(), false) as waits
  from outbox where published_at is null and parked_at is null`;

/*
 * Lock and first page in one statement. Its snapshot is older than its lock, so rows that the previous holder marked in
 * that instant can be seen once more: a duplicate on the wire, never a lost or reordered event. A frozen relay loses its
 * transaction, and with it the lock, after ten seconds.
 */
const LOCK_AND_SELECT = `with leader as materialized (
    select pg_try_advisory_xact_lock(7246081, 1) as held, set_config('idle_in_transaction_session_timeout', '10s', true))
  select leader.held, page.* from leader left join lateral (
    ${UNPUBLISHED} and leader.held order by seq limit ${PAGE_ROWS}) as page on true`;

const NEXT_PAGE = `${UNPUBLISHED} and seq > $1 order by seq limit ${PAGE_ROWS}`;

const MARK_PUBLISHED = 'update outbox set published_at = now(), last_error = null where id = any($1::uuid[])';

const MARK_FAILED = `update outbox set attempts = outbox.attempts + 1, last_error = failed.reason,
    available_at = now() + make_interval(secs => least(300, power(2, outbox.attempts))),
    parked_at = case when outbox.attempts + 1 >= ${ATTEMPTS_MAX} then now() end
  from jsonb_to_recordset($1::jsonb) as failed(id uuid, reason text)
  where outbox.id = failed.id returning outbox.id, outbox.type, outbox.last_error, outbox.parked_at is not null as parked`;

/** Publishes up to one batch of committed events and marks what the transport confirmed. */
export function drainOutbox(
  database: Pick<Database, 'sqlTransaction'>,
  transport: Pick<Transport, 'publish'>,
  logger: Logger,
): Promise<DrainResult> {
  return database.sqlTransaction(async (tx) => {
    const first = await tx.query<FirstPageRow>(LOCK_AND_SELECT);
    if (first[0]?.held !== true) return { kind: 'locked' };
    const batch = await selectPublishable(tx, first.filter(isRow));
    if (batch.length === 0) return { kind: 'idle' };

    failpoint('relay.before-publish');
    const outcomes = await transport.publish(batch.map(outgoing));
    failpoint('relay.after-confirm');

    await mark(tx, batch, outcomes, logger);
    if (outcomes.some(({ kind }) => kind === 'unanswered')) return { kind: 'unavailable' };
    return { kind: batch.length === BATCH_MAX ? 'more' : 'published', count: batch.length };
  });
}

type FirstPageRow = { readonly held: boolean; readonly seq: bigint | null };

// The outer join yields one row of nulls when there is nothing to publish.
const isRow = (row: FirstPageRow): row is FirstPageRow & OutboxRow => row.seq !== null;

const outgoing = ({ id, type, body, headers }: OutboxRow): OutgoingEvent => ({ id, type, body, headers });

/**
 * Skips rows that back off and everything of their aggregates behind them, so that order per aggregate holds. Only events
 * that are already in one batch with the first refusal of their predecessor pass it by.
 */
async function selectPublishable(tx: SqlTx, firstPage: readonly OutboxRow[]): Promise<OutboxRow[]> {
  const blockedAggregates = new Set<string>();
  const batch: OutboxRow[] = [];
  let page = firstPage;
  for (let pages = 1; ; pages += 1) {
    for (const row of page) {
      if (row.waits) blockedAggregates.add(row.aggregate_id);
      if (!blockedAggregates.has(row.aggregate_id)) batch.push(row);
    }
    const last = page.at(-1);
    const isFull = batch.length >= BATCH_MAX || pages >= PAGES_MAX;
    if (isFull || last === undefined || page.length < PAGE_ROWS) return batch.slice(0, BATCH_MAX);
    page = await tx.query<OutboxRow>(NEXT_PAGE, [last.seq]);
  }
}

async function mark(
  tx: SqlTx,
  batch: readonly OutboxRow[],
  outcomes: readonly PublishOutcome[],
  logger: Logger,
): Promise<void> {
  const confirmed = batch.filter((_, index) => outcomes[index]?.kind === 'confirmed');
  if (confirmed.length > 0) await tx.query(MARK_PUBLISHED, [confirmed.map(({ id }) => id)]);

  const failed = batch.flatMap(({ id }, index) => {
    const outcome = outcomes[index];
    const isAboutTheEvent = outcome?.kind === 'returned' || outcome?.kind === 'refused';
    return isAboutTheEvent ? [{ id, reason: outcome.reason }] : [];
  });
  if (failed.length === 0) return;
  const rows = await tx.query<{ id: string; type: string; last_error: string; parked: boolean }>(MARK_FAILED, [
    JSON.stringify(failed),
  ]);
  for (const { id, type, last_error: reason, parked } of rows) {
    const fields = { outboxId: id, type, reason };
    if (parked) logger.error(fields, 'event parked after its last attempt to publish');
    else logger.warn(fields, 'event not accepted by the transport, it will be tried again');
  }
}
