import { definitionOf, type DomainEvent } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { correlation } from '@reseller/runtime';
import { OutboxRelay } from './relay.js';

/*
 * The outbox: an event is a row written in the transaction of the change it tells of. If the change commits, the relay
 * publishes the row sooner or later; if it rolls back, the event never was. The caller locks or versions the aggregate's
 * row before it appends, so that `seq` order is commit order per aggregate.
 */

const COLUMNS =
  'id, aggregate_type, aggregate_id, aggregate_version, type, version, business_id, payload, headers, occurred_at';

/**
 * `insert into outbox …` for use inside a single-statement step: `with …, appended as (${outboxCte(3)}) select …`.
 * Parameter `param` is {@link outboxParam}. After the commit call `OutboxRelay.nudge()`, or the event waits for the poll.
 *
 * @param onlyIf name of a CTE of the same statement: nothing is appended unless it has a row.
 */
export function outboxCte(param: number, onlyIf?: string): string {
  const condition = onlyIf === undefined ? '' : ` where exists (select 1 from ${onlyIf})`;
  return `insert into outbox (${COLUMNS}) select ${COLUMNS} from jsonb_to_recordset($${param}::jsonb) as appended_event(
    id uuid, aggregate_type text, aggregate_id text, aggregate_version bigint, type text, version int, business_id uuid,
    payload jsonb, headers jsonb, occurred_at timestamptz)${condition} returning id`;
}

/** The events as the JSON text that {@link outboxCte} takes; request id and trace go into the headers. */
export function outboxParam(events: readonly DomainEvent[]): string {
  const requestId = correlation.current()?.requestId;
  return JSON.stringify(
    events.map((event) => ({
      id: event.id,
      aggregate_type: definitionOf(event.type)?.aggregate ?? 'unknown',
      aggregate_id: event.aggregateId,
      aggregate_version: event.aggregateVersion,
      type: event.type,
      version: event.version,
      business_id: event.businessId,
      payload: event,
      headers: { traceparent: event.traceparent, ...(requestId === undefined ? {} : { 'x-request-id': requestId }) },
      occurred_at: event.occurredAt,
    })),
  );
}

const APPEND = outboxCte(1);

/** Appends events to the outbox in the caller's transaction with one insert, and wakes the relay after the commit. */
export async function appendToOutbox(tx: SqlTx, events: readonly DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(APPEND, [outboxParam(events)]);
  tx.afterCommit(() => OutboxRelay.nudge());
}
