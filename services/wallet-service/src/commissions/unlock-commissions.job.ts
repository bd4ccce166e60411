import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type WalletServiceConfig } from '../wallet-service.config.js';
import { UnlockMaturedCommissions } from './unlock-matured-commissions.js';

@Injectable()
export class UnlockCommissionsJob extends ServiceJob {
  constructor(
    private readonly unlockMatured: UnlockMaturedCommissions,
    @Inject(CONFIG) config: WalletServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('unlock-commissions', config.COMMISSION_UNLOCK_INTERVAL, logger);
  }

  execute(): Promise<number> {
    return this.unlockMatured.execute();
  }
}
