import type { Database } from '@reseller/persistence';

export interface OutboxFigures {
  readonly pending: number;
  readonly oldestAgeSeconds: number;
  readonly parked: number;
}

const FIGURES = `select count(*)::int as pending,
    coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as oldest,
    (select count(*)::int from outbox where parked_at is not null) as parked
  from outbox where published_at is null and parked_at is null`;

export async function readOutboxFigures(database: Pick<Database, 'query'>): Promise<OutboxFigures> {
  const [row] = await database.query<{ pending: number; oldest: number; parked: number }>(FIGURES);
  return { pending: row?.pending ?? 0, oldestAgeSeconds: Math.max(0, row?.oldest ?? 0), parked: row?.parked ?? 0 };
}
