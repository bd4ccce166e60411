import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { liveFactsSchema, type LiveEvent } from './live-event.js';

/** How many are read at a time. */
export const LIVE_PAGE = 500;

const AFTER = `
select position, event_id as "eventId", business_id as "businessId", type, facts, occurred_at as "occurredAt"
from live_events where position > $1 order by position limit ${LIVE_PAGE}`;

const FEED = 'select last_position, deleted_through from live_feed';

/** Which positions can be gone on from. */
export interface FeedBounds {
  readonly lastPosition: number;
  /** Behind this one nothing has been deleted. */
  readonly deletedThrough: number;
}

@Injectable()
export class LiveEventQueries {
  constructor(private readonly database: Database) {}

  async bounds(): Promise<FeedBounds> {
    const [feed] = await this.database.query<{ last_position: bigint; deleted_through: bigint }>(FEED);
    return { lastPosition: Number(feed?.last_position ?? 0), deletedThrough: Number(feed?.deleted_through ?? 0) };
  }

  /** The next page of everybody's. */
  async after(position: number): Promise<LiveEvent[]> {
    const rows = await this.database.query<Omit<LiveEvent, 'position'> & { position: bigint }>(AFTER, [position]);
    return rows.map((row) => ({ ...row, position: Number(row.position), facts: liveFactsSchema.parse(row.facts) }));
  }
}
