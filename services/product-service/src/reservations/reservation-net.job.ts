import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';
import { ReleaseUnwantedReservations } from './release-unwanted-reservations.js';

@Injectable()
export class ReservationNetJob extends ServiceJob {
  constructor(
    private readonly releaseUnwanted: ReleaseUnwantedReservations,
    @Inject(CONFIG) config: ProductServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('reservation-net', config.RESERVATION_NET_INTERVAL_MS, logger);
  }

  execute(): Promise<number> {
    return this.releaseUnwanted.execute();
  }
}
