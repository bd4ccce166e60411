import type { Database } from '@reseller/persistence';
import { RETENTION_DAYS } from './retention.js';
import type { OutgoingEvent, Transport } from './transport.js';

export interface RepublishRequest {
  /** Of `occurredAt`; `until` is excluded. */
  readonly since: Date;
  readonly until: Date;
  readonly type?: string | undefined;
  /** Counts and publishes nothing. */
  readonly dryRun: boolean;
  /** Also where consumers have forgotten what they handled, so that plain counters may count again. */
  readonly force: boolean;
}

const PAGE_ROWS = 500;

const SELECT = `select seq, id, type, payload::text as body, headers from outbox
  where occurred_at >= $1 and occurred_at < $2 and published_at is not null
    and ($3::text is null or type = $3) and seq > $4 order by seq limit ${PAGE_ROWS}`;

interface PublishedRow extends OutgoingEvent {
  readonly seq: bigint;
}

/**
 * Publishes a stretch of an outbox again, in its order and with the same ids: consumers that handled an event discard it,
 * one that is new to the type gets its past. Returns how many events there were.
 *
 * @throws {Error} when the range is older than the consumers' memory, or the transport did not confirm every event.
 */
export async function republish(
  database: Pick<Database, 'query'>,
  transport: Transport,
  request: RepublishRequest,
  now: Date,
): Promise<number> {
  const { since, until, type = null, dryRun, force } = request;
  const rememberedSince = new Date(now.getTime() - RETENTION_DAYS * 86_400_000);
  if (since < rememberedSince && !force) {
    throw new Error(
      `consumers remember what they handled since ${rememberedSince.toISOString()}; an older range needs --force`,
    );
  }
  let count = 0;
  for (let lastSeq = 0n; ;) {
    const page = await database.query<PublishedRow>(SELECT, [since, until, type, lastSeq]);
    const last = page.at(-1);
    if (last === undefined) return count;
    if (!dryRun) await publishAll(transport, page, count);
    count += page.length;
    lastSeq = last.seq;
  }
}

async function publishAll(transport: Transport, events: readonly OutgoingEvent[], before: number): Promise<void> {
  const outcomes = await transport.publish(events);
  const failed = outcomes.findIndex(({ kind }) => kind !== 'confirmed');
  if (failed === -1) return;
  throw new Error(`stopped after ${before + failed} events: ${JSON.stringify(outcomes[failed])}`);
}
