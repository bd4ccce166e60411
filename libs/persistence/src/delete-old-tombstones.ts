import { ServiceJob, type Logger } from '@reseller/runtime';
import type { DeletableCopies } from './copies.js';
import type { Sql } from './tx.js';

const INTERVAL_MS = 3_600_000;

/**
 * Forgets deleted things once no event about them can come any more. Who asks for one later is answered by the service
 * that it belonged to.
 */
export class DeleteOldTombstones extends ServiceJob {
  constructor(
    private readonly copies: Pick<DeletableCopies<object>, 'deleteTombstones'>,
    private readonly sql: Sql,
    private readonly keptMs: number,
    logger: Logger,
  ) {
    super('delete-old-tombstones', INTERVAL_MS, logger);
  }

  execute(): Promise<number> {
    return this.copies.deleteTombstones(this.sql, this.keptMs);
  }
}
