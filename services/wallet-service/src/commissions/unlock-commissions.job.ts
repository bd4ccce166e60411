import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LOGGER, PeriodicJob, type Logger } from '@reseller/runtime';
import { CONFIG, type WalletServiceConfig } from '../wallet-service.config.js';
import { UnlockMaturedCommissions } from './unlock-matured-commissions.js';

@Injectable()
export class UnlockCommissionsJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly job: PeriodicJob;

  constructor(
    unlockMatured: UnlockMaturedCommissions,
    @Inject(CONFIG) config: WalletServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    const intervalMs = config.COMMISSION_UNLOCK_INTERVAL;
    this.job = new PeriodicJob('unlock-commissions', intervalMs, () => unlockMatured.execute(), logger);
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.job.stop();
  }
}
