import type { Topology } from '../topology.js';
import type { BusDatabase } from './bus-database.js';

/*
 * A delivery is one event for one queue. It leaves when it is acknowledged; what retries and what is dead stays in the
 * same table. A claim is a lease: `available_at` moves into the future, and when the claimer dies it comes round again.
 */
const CREATE = `
create table if not exists bindings (
  exchange text not null, type text not null, queue text not null, primary key (exchange, type, queue));
create table if not exists deliveries (
  seq bigint generated always as identity primary key,
  queue text not null, event_id text not null, type text not null, body text not null, headers jsonb not null,
  attempt int not null default 1, available_at timestamptz not null default now(), lease text,
  first_failed_at text, error text, stack text, died_at timestamptz,
  unique (queue, event_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index if not exists deliveries_due on deliveries (queue, available_at, seq) where died_at is null;`;

const BIND = `insert into bindings (exchange, type, queue)
  select $1, type, queue from jsonb_to_recordset($2::jsonb) as wanted(type text, queue text) on conflict do nothing`;

/** Creates tables and bindings where they are missing. Safe for eight services that start at once. */
export async function assertBus(bus: BusDatabase, topology: Topology): Promise<void> {
  const bindings = topology.services.flatMap((service) =>
    topology.typesHeardBy(service).map((type) => ({ type, queue: topology.queue(service) })),
  );
  await bus.transaction(async (query) => {
    // Even `if not exists` fails when two sessions create the same table at once.
    await query('select pg_advisory_xact_lock(7246081, 2)');
    await query(CREATE);
    await query(BIND, [topology.exchange, JSON.stringify(bindings)]);
  });
}
