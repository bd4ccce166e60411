import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';

const INTERVAL_MS = 15 * 60_000;
const KEPT_HOURS = 24;
/** Rows a statement, so that no lock is held for long. */
const BATCH = 1_000;

/** Deletes idempotency keys after their 24 hours: the promise ends there, and the table would only grow. */
@Injectable()
export class IdempotencyRetention extends ServiceJob {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('delete-old-idempotency-keys', INTERVAL_MS, logger);
  }

  async execute(): Promise<number> {
    const deleted = await this.database.query(
      `delete from idempotency_keys where ctid in (
         select ctid from idempotency_keys where created_at < now() - make_interval(hours => $1) and lease_until < now()
         limit $2 for update skip locked)
       returning 1 as one`,
      [KEPT_HOURS, BATCH],
    );
    return deleted.length;
  }
}
