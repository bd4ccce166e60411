import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LOGGER, PeriodicJob, type Logger } from '@reseller/runtime';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';
import { ReleaseUnwantedReservations } from './release-unwanted-reservations.js';

@Injectable()
export class ReservationNetJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: PeriodicJob;

  constructor(
    releaseUnwanted: ReleaseUnwantedReservations,
    @Inject(CONFIG) config: ProductServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    const intervalMs = config.RESERVATION_NET_INTERVAL_MS;
    this.job = new PeriodicJob('reservation-net', intervalMs, () => releaseUnwanted.execute(), logger);
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
