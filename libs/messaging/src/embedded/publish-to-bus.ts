import type { OutgoingEvent, PublishOutcome } from '../transport.js';
import type { Topology } from '../topology.js';
import type { BusDatabase } from './bus-database.js';

/*
 * One statement for the whole batch: a delivery for every bound queue, one NOTIFY per queue, and for each event whether
 * any queue is bound to it. An event that lies dead in a queue starts again there; one that waits is left as it is.
 */
const PUBLISH = `with message as (
    select * from jsonb_to_recordset($2::jsonb) as m(ord int, id text, type text, body text, headers jsonb)
  ), target as (
    select b.queue, m.* from message m join bindings b on b.exchange = $1 and b.type = m.type
  ), delivered as (
    insert into deliveries (queue, event_id, type, body, headers)
    select queue, id, type, body, headers from target order by ord
    on conflict (queue, event_id) do update
      set died_at = null, attempt = 1, available_at = now(), lease = null, first_failed_at = null, error = null, stack = null
      where deliveries.died_at is not null
  ), notified as (
    select pg_notify('event_bus', queue) from (select distinct queue from target) as queues
  )
  select m.ord, exists (select 1 from target t where t.ord = m.ord) as routed, (select count(*) from notified) as queues
  from message m order by m.ord`;

const ROUTED: PublishOutcome = { kind: 'confirmed' };
const UNROUTED: PublishOutcome = { kind: 'returned', reason: 'no queue is bound for it' };

export async function publishToBus(
  bus: BusDatabase,
  topology: Topology,
  events: readonly OutgoingEvent[],
): Promise<PublishOutcome[]> {
  if (!bus.isReady) return events.map(() => unanswered(`event bus: ${bus.lastError}`));
  const messages = JSON.stringify(events.map(({ id, type, body, headers }, ord) => ({ ord, id, type, body, headers })));
  try {
    const rows = await bus.prepared<{ routed: boolean }>('publish', PUBLISH, [topology.exchange, messages]);
    return events.map(({ type }, index) =>
      rows[index]?.routed === true || !topology.mustBeRouted(type) ? ROUTED : UNROUTED,
    );
  } catch (error) {
    return refusedOrUnanswered(bus, topology, events, error);
  }
}

/** A batch fails as a whole, so an event that Postgres refuses (SQLSTATE class 22, bad data) is found one by one. */
async function refusedOrUnanswered(
  bus: BusDatabase,
  topology: Topology,
  events: readonly OutgoingEvent[],
  error: unknown,
): Promise<PublishOutcome[]> {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('22')) return events.map(() => unanswered(reason));
  if (events.length === 1) return [{ kind: 'refused', reason }];
  const outcomes: PublishOutcome[] = [];
  for (const event of events) outcomes.push(...(await publishToBus(bus, topology, [event])));
  return outcomes;
}

const unanswered = (reason: string): PublishOutcome => ({ kind: 'unanswered', reason });
