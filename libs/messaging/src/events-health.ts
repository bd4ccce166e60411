import type { Database } from '@reseller/persistence';
import type { DependencyState, HealthCheck } from '@reseller/runtime';
import { readOutboxFigures } from './outbox-figures.js';
import type { Transport } from './transport.js';

const LAG_LIMIT_SECONDS = 60;
const PENDING_LIMIT = 10_000;

export interface WatchedEvents {
  readonly transport: Transport;
  readonly database: Pick<Database, 'query'>;
  isConsuming(): boolean;
}

/** Degrades readiness and never denies it: while the broker is away commands go on and the outbox grows. */
export function eventsHealthCheck(events: WatchedEvents): HealthCheck {
  return { name: 'events', required: false, check: () => checkEvents(events) };
}

async function checkEvents(events: WatchedEvents): Promise<DependencyState> {
  const { transport, database } = events;
  const { ready, detail } = transport.state();
  if (!ready) return { state: 'degraded', detail: detail ?? `${transport.name} is not reachable` };
  if (!events.isConsuming()) return { state: 'degraded', detail: 'the event consumer is not attached' };
  const { pending, oldestAgeSeconds, parked } = await readOutboxFigures(database);
  if (parked > 0) return { state: 'degraded', detail: `${parked} parked events` };
  if (pending > PENDING_LIMIT || oldestAgeSeconds > LAG_LIMIT_SECONDS) {
    return { state: 'degraded', detail: `${pending} events wait, the oldest for ${Math.round(oldestAgeSeconds)} s` };
  }
  return { state: 'up', detail: transport.name };
}
