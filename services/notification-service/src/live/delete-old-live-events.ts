import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type NotificationServiceConfig } from '../notification-service.config.js';

const INTERVAL_MS = 600_000;
const BATCH_ROWS = 2_000;

/** Up to where is remembered, so that a dashboard which has missed some of these is told so: what has no position stays. */
const DELETE_OLD = `
with old as (
  delete from live_events where event_id = any (array(
    select event_id from live_events
    where written_at < now() - make_interval(secs => $1::double precision / 1000) and position is not null
    order by written_at limit ${BATCH_ROWS} for update skip locked))
  returning position),
remembered as (
  update live_feed set deleted_through = greatest(deleted_through, (select max(position) from old))
  where exists (select 1 from old))
select count(*) as deleted from old`;

@Injectable()
export class DeleteOldLiveEvents extends ServiceJob {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: NotificationServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('delete-old-live-events', INTERVAL_MS, logger);
  }

  async execute(): Promise<number> {
    const [row] = await this.database.query<{ deleted: bigint }>(DELETE_OLD, [this.config.LIVE_EVENT_RETENTION]);
    return Number(row?.deleted ?? 0);
  }
}
