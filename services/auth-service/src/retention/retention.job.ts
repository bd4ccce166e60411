import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { DeleteExpiredCredentials } from './delete-expired-credentials.js';

const INTERVAL_MS = 15 * 60_000;

@Injectable()
export class RetentionJob extends ServiceJob {
  constructor(
    private readonly deleteExpired: DeleteExpiredCredentials,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('delete-expired-credentials', INTERVAL_MS, logger);
  }

  execute(): Promise<number> {
    return this.deleteExpired.execute();
  }
}
