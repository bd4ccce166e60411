import type { Invariant } from '@reseller/persistence';

/** What `npm run verify:invariants` and the tests ask of a notification database. Each query returns violations only. */
export const NOTIFICATION_INVARIANTS: readonly Invariant[] = [
  {
    name: 'nobody has the same message twice for one event',
    sql: `select event_id, recipient, channel, template, count(*) as messages from messages
      group by event_id, recipient, channel, template having count(*) > 1`,
  },
  {
    name: 'no address has the same message twice for one event',
    sql: `select event_id, address, channel, template, count(*) as messages from messages
      where address is not null group by event_id, address, channel, template having count(*) > 1`,
  },
  {
    name: 'only what was sent says so, and it keeps no secret link',
    sql: `select id, state from messages where (state = 'SENT') <> (sent_at is not null) or (state = 'SENT' and link is not null)`,
  },
  {
    name: 'every message belongs to an event that was handled',
    sql: `select id, event_id from messages
      where created_at > now() - interval '7 days'
        and not exists (select 1 from inbox where inbox.event_id = messages.event_id)`,
  },
  {
    name: 'every live event belongs to an event that was handled, and has a position that was given out',
    sql: `select event_id, position from live_events, live_feed
      where position > last_position
        or (written_at > now() - interval '7 days'
          and not exists (select 1 from inbox where inbox.event_id = live_events.event_id))`,
  },
];
