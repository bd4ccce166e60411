import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, LOGGER, PeriodicJob, type Clock, type Logger } from '@reseller/runtime';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { ClickRepository } from './click.repository.js';

const INTERVAL_MS = 3_600_000;

/** Single clicks are kept no longer than they are of use: the daily figures have them. */
@Injectable()
export class DeleteOldClicks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: PeriodicJob;

  constructor(
    repository: ClickRepository,
    @Inject(CONFIG) config: ShareLinkServiceConfig,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const run = () => repository.deleteBefore(new Date(clock.now().getTime() - config.CLICK_RETENTION));
    this.job = new PeriodicJob('delete-old-clicks', INTERVAL_MS, run, logger);
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
