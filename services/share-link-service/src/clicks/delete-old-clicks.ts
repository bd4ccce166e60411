import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, LOGGER, ServiceJob, type Clock, type Logger } from '@reseller/runtime';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { ClickRepository } from './click.repository.js';

const INTERVAL_MS = 3_600_000;

/** Single clicks are kept no longer than they are of use: the daily figures have them. */
@Injectable()
export class DeleteOldClicks extends ServiceJob {
  constructor(
    private readonly repository: ClickRepository,
    @Inject(CONFIG) private readonly config: ShareLinkServiceConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('delete-old-clicks', INTERVAL_MS, logger);
  }

  execute(): Promise<number> {
    return this.repository.deleteBefore(new Date(this.clock.now().getTime() - this.config.CLICK_RETENTION));
  }
}
