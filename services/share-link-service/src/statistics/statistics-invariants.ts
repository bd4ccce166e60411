import type { Invariant } from '@reseller/persistence';

/** What must hold in the share-link database whatever has failed; plain SQL for `npm run verify:invariants`. */
export const STATISTICS_INVARIANTS: readonly Invariant[] = [
  {
    name: 'daily clicks are the single clicks, as long as those are kept',
    sql: `select coalesce(figure.share_link_id, single.share_link_id) as share_link_id, figure.clicks as counted, single.clicks as found
      from (select share_link_id, day, clicks from click_days where day > current_date - 30) as figure
      full join (
        select share_link_id, (hour at time zone 'UTC')::date as day, count(*) as clicks from clicks
        where (hour at time zone 'UTC')::date > current_date - 30 group by 1, 2
      ) as single using (share_link_id, day)
      where figure.clicks is distinct from single.clicks`,
  },
  {
    name: 'no visitor of a link is counted twice in an hour',
    sql: `select share_link_id, hour, count(*) as times from clicks group by share_link_id, visitor, hour having count(*) > 1`,
  },
  {
    name: 'clicks belong to links that exist',
    sql: `select distinct share_link_id from click_days where share_link_id not in (select id from share_links)`,
  },
  {
    name: 'no order is a conversion of two links, nor refunded beyond what was paid',
    sql: `select order_id, count(*) as times, sum(refunded_paise) as refunded from link_orders
      group by order_id having count(*) > 1 or sum(refunded_paise) > sum(total_paise)`,
  },
];
