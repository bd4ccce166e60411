import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LOGGER, PeriodicJob, type Logger } from '@reseller/runtime';
import { DeleteExpiredCredentials } from './delete-expired-credentials.js';

const INTERVAL_MS = 15 * 60_000;

@Injectable()
export class RetentionJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: PeriodicJob;

  constructor(deleteExpired: DeleteExpiredCredentials, @Inject(LOGGER) logger: Logger) {
    this.job = new PeriodicJob('delete-expired-credentials', INTERVAL_MS, () => deleteExpired.execute(), logger);
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
