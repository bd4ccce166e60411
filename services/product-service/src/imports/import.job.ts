import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';
import { RunImports } from './run-imports.js';

@Injectable()
export class ImportJob extends ServiceJob {
  constructor(
    private readonly runImports: RunImports,
    @Inject(CONFIG) config: ProductServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('imports', config.IMPORT_INTERVAL_MS, logger);
  }

  execute(): Promise<number> {
    return this.runImports.execute();
  }
}
