import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LOGGER, PeriodicJob, type Logger } from '@reseller/runtime';
import { CHANNELS } from '../messages/message.js';
import { CONFIG, type NotificationServiceConfig } from '../notification-service.config.js';
import { DeliverMessages } from './deliver-messages.js';

/** One worker per channel: a provider that hangs holds up its own messages only. */
@Injectable()
export class DeliveryJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: readonly PeriodicJob[];

  constructor(
    deliverMessages: DeliverMessages,
    @Inject(CONFIG) config: NotificationServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    const intervalMs = config.NOTIFICATION_DELIVERY_INTERVAL;
    this.jobs = CHANNELS.map(
      (channel) =>
        new PeriodicJob(`deliver-${channel.toLowerCase()}`, intervalMs, () => deliverMessages.execute(channel), logger),
    );
  }

  onApplicationBootstrap(): void {
    for (const job of this.jobs) job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.jobs.map((job) => job.stop()));
  }
}
