import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type NotificationServiceConfig } from '../notification-service.config.js';
import { FORGET_LATE } from './forget-order-buyer.js';
import { FINAL_STATES } from './message.js';

const INTERVAL_MS = 3_600_000;
/** Rows a statement, so that no lock is held for long. */
const BATCH = 1_000;

// Found by the time of creation, which has an index; `available_at` is when its last attempt was settled.
const DELETE_OLD = `
delete from messages where id = any (array(
  select id from messages
  where created_at < now() - make_interval(secs => $1::double precision / 1000)
    and available_at < now() - make_interval(secs => $1::double precision / 1000) and state = any ($2)
  order by created_at limit ${BATCH} for update skip locked
))
returning 1 as one`;

/** Messages hold addresses and what was written to them: they are kept no longer than anybody asks about them. */
@Injectable()
export class DeleteOldMessages extends ServiceJob {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: NotificationServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('delete-old-messages', INTERVAL_MS, logger);
  }

  async execute(): Promise<number> {
    await this.database.query(FORGET_LATE);
    return (await this.database.query(DELETE_OLD, [this.config.NOTIFICATION_RETENTION, FINAL_STATES])).length;
  }
}
