import type { ServiceName } from '@reseller/contracts';
import type { Topology } from '../topology.js';
import type { DeadLetter, DeadLetterFilter, DeadLetters } from '../transport.js';
import type { BusDatabase } from './bus-database.js';

const MATCHING = `queue = $1 and died_at is not null and ($2::text is null or event_id = $2)
  and ($3::text is null or type = $3)`;

const LIST = `select event_id as id, type, body, coalesce(error, '') as error, coalesce(stack, '') as stack,
    attempt as attempts, first_failed_at as "firstFailedAt",
    to_char(died_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "diedAt"
  from deliveries where ${MATCHING} order by seq limit $4`;

const REPLAY = `with replayed as (
    update deliveries set died_at = null, attempt = 1, available_at = now(), first_failed_at = null, error = null,
      stack = null where ${MATCHING} returning queue)
  select count(*)::int as count, count(pg_notify('event_bus', queue)) as notified from replayed`;

const DISCARD = `with discarded as (delete from deliveries where ${MATCHING} returning 1)
  select count(*)::int as count from discarded`;

export class EmbeddedDeadLetters implements DeadLetters {
  constructor(
    private readonly bus: BusDatabase,
    private readonly topology: Topology,
  ) {}

  list(service: ServiceName, filter: DeadLetterFilter, limit: number): Promise<DeadLetter[]> {
    return this.bus.query<DeadLetter>(LIST, [...this.matching(service, filter), limit]);
  }

  replay(service: ServiceName, filter: DeadLetterFilter): Promise<number> {
    return this.count(REPLAY, service, filter);
  }

  discard(service: ServiceName, filter: DeadLetterFilter): Promise<number> {
    return this.count(DISCARD, service, filter);
  }

  private async count(text: string, service: ServiceName, filter: DeadLetterFilter): Promise<number> {
    const [row] = await this.bus.query<{ count: number }>(text, this.matching(service, filter));
    return row?.count ?? 0;
  }

  private matching(service: ServiceName, { id, type }: DeadLetterFilter): (string | null)[] {
    return [this.topology.queue(service), id ?? null, type ?? null];
  }
}
