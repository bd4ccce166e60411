import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { ImportRepository } from './import.repository.js';

const INTERVAL_MS = 3_600_000;

/** Reports of files are kept for 30 days; what broke off while it came in, for an hour. */
@Injectable()
export class ImportRetentionJob extends ServiceJob {
  constructor(
    private readonly database: Database,
    private readonly imports: ImportRepository,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('import-retention', INTERVAL_MS, logger);
  }

  execute(): Promise<number> {
    return this.imports.forgetOld(this.database);
  }
}
