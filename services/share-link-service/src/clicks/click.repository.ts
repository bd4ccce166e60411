import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';

export interface Click {
  readonly shareLinkId: string;
  readonly visitor: Buffer;
  /** The full hour, UTC. */
  readonly hour: Date;
}

/**
 * The primary key decides what is new, so that any number of instances and retries count a click once; the day's
 * figures change in the same statement. Sorted, so that two flushes lock rows in the same order. A visitor of the day
 * is new when no earlier row of theirs exists: hashes change daily, so an hour before this day cannot match.
 */
const WRITE = `with fresh as (
    insert into clicks (share_link_id, visitor, hour)
    select share_link_id, visitor, hour from unnest($1::uuid[], $2::bytea[], $3::timestamptz[]) as given(share_link_id, visitor, hour)
    order by share_link_id, visitor, hour
    on conflict do nothing
    returning share_link_id, visitor, hour
  ), figures as (
    select share_link_id, (hour at time zone 'UTC')::date as day, count(*) as clicks,
      count(distinct visitor) filter (where not exists (
        select 1 from clicks as earlier
        where earlier.share_link_id = fresh.share_link_id and earlier.visitor = fresh.visitor)) as visitors
    from fresh group by 1, 2
  )
  insert into click_days as figure (share_link_id, day, clicks, visitors)
  select share_link_id, day, clicks, visitors from figures order by share_link_id, day
  on conflict (share_link_id, day) do update
    set clicks = figure.clicks + excluded.clicks, visitors = figure.visitors + excluded.visitors`;

const DELETE_OLD = `delete from clicks where ctid = any(array(select ctid from clicks where hour < $1 limit 5000)) returning 1 as one`;

@Injectable()
export class ClickRepository {
  constructor(private readonly database: Database) {}

  /** A transaction for its retry of deadlocks, not for its scope. */
  async write(clicks: readonly Click[]): Promise<void> {
    await this.database.sqlTransaction((tx) =>
      tx.query(WRITE, [
        clicks.map((click) => click.shareLinkId),
        clicks.map((click) => click.visitor),
        clicks.map((click) => click.hour),
      ]),
    );
  }

  /** @returns how many were deleted; 0 when there is nothing left to delete. */
  async deleteBefore(limit: Date): Promise<number> {
    return (await this.database.query(DELETE_OLD, [limit])).length;
  }
}
