import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import type { LinkFigures } from './link-figures.js';

export interface LinkDay {
  /** `2026-01-31`, UTC. */
  readonly day: string;
  readonly clicks: bigint;
  readonly conversions: bigint;
  readonly revenuePaise: bigint;
}

/** What of a paid order is left after refunds. Refunded in full, it is no conversion any more. */
const COUNTS = 'paid_at is not null and (refunded_paise = 0 or refunded_paise < total_paise)';
const KEPT = 'greatest(total_paise - refunded_paise, 0)';

const FIGURES = `select
    (select coalesce(sum(clicks), 0)::bigint from click_days where share_link_id = $1) as clicks,
    (select coalesce(sum(visitors), 0)::bigint from click_days where share_link_id = $1) as "uniqueVisitors",
    count(*) as conversions, coalesce(sum(${KEPT}), 0)::bigint as "revenuePaise"
  from link_orders where share_link_id = $1 and ${COUNTS}`;

const DAYS = `select day::text as day, sum(clicks)::bigint as clicks, sum(conversions)::bigint as conversions,
    sum(revenue)::bigint as "revenuePaise"
  from (
    select day, clicks, 0 as conversions, 0 as revenue from click_days where share_link_id = $1 and day > $2
    union all
    select (paid_at at time zone 'UTC')::date, 0, 1, ${KEPT} from link_orders
    where share_link_id = $1 and ${COUNTS} and (paid_at at time zone 'UTC')::date > $2
  ) as figures group by day order by day`;

@Injectable()
export class StatisticsQueries {
  constructor(private readonly database: Database) {}

  async figuresOf(shareLinkId: string): Promise<LinkFigures> {
    const [figures] = await this.database.query<LinkFigures>(FIGURES, [shareLinkId]);
    return figures ?? { clicks: 0n, uniqueVisitors: 0n, conversions: 0n, revenuePaise: 0n };
  }

  /** Days after `since` on which something happened. */
  daysOf(shareLinkId: string, since: Date): Promise<LinkDay[]> {
    return this.database.query<LinkDay>(DAYS, [shareLinkId, since.toISOString().slice(0, 10)]);
  }
}
