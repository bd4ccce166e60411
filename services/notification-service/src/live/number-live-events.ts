import { Injectable } from '@nestjs/common';
import { Database, type SqlTx } from '@reseller/persistence';

/*
 * Positions. A number that is given out when a row is written may become visible after a higher one, for transactions
 * commit in any order, and who reads on behind the highest number seen has then missed it. So rows are written without a
 * position, and what is committed is numbered afterwards by one at a time, who holds the row of the feed until the commit.
 * Nothing can appear behind a position that somebody has seen, and no transaction, however long, holds up the others.
 */

const WAITING = 'select 1 as one from live_events where position is null limit 1';

// Held by somebody else, it is left to them: what they do not see is numbered at the next look.
const TAKE_TURN = 'select last_position from live_feed for update skip locked';

const BATCH_ROWS = 1_000;

/** A statement of its own, so that it sees what was committed before the turn was taken. */
const NUMBER = `
with numbered as (
  update live_events e set position = $1::bigint + n.place
  from (
    select event_id, row_number() over (order by seq) as place
    from live_events where position is null order by seq limit ${BATCH_ROWS}
  ) n
  where e.event_id = n.event_id returning e.position)
update live_feed set last_position = $1::bigint + (select count(*) from numbered)
returning (select count(*)::int from numbered) as numbered`;

/**
 * Gives positions to live events that were written since, whether anybody reads them or not: what has no position can be
 * missed without a word. Safe on every instance at once.
 */
@Injectable()
export class NumberLiveEvents {
  constructor(private readonly database: Database) {}

  async execute(): Promise<void> {
    let isMore = (await this.database.query(WAITING)).length > 0;
    while (isMore) isMore = await this.database.sqlTransaction((tx) => this.number(tx));
  }

  /** @returns whether there may be more */
  private async number(tx: SqlTx): Promise<boolean> {
    const [feed] = await tx.query<{ last_position: bigint }>(TAKE_TURN);
    if (feed === undefined) return false;
    const [{ numbered } = { numbered: 0 }] = await tx.query<{ numbered: number }>(NUMBER, [feed.last_position]);
    return numbered === BATCH_ROWS;
  }
}
