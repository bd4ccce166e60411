import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, DomainError, LOGGER, newId, type Clock, type ErrorKind, type Logger } from '@reseller/runtime';
import { ProductRepository, type CatalogueTx } from '../products/product.repository.js';
import { ApplyProductRows } from './apply-product-rows.js';
import { ApplyStockRows } from './apply-stock-rows.js';
import type { ImportRow, RowOutcome } from './import.js';
import { ImportRepository, type LeasedImport } from './import.repository.js';

/*
 * Works on files that have come in. Any instance may: it leases one, applies some batches and lets go, so that a shutdown
 * waits for a moment only and files take turns. A batch is one transaction: it locks the import's row, applies rows that
 * have no outcome yet and writes their outcomes. Whatever dies, a row is applied once; a process that comes back after its
 * lease ran out finds another lease, or no row that waits.
 *
 * A batch that the database refuses (two files, or a person, took the same slug or SKU at this moment) is done again row
 * by row, so that only the row that it is about fails.
 */
const BATCH_ROWS = 200;
const BATCHES_PER_RUN = 5;
const LEASE_SECONDS = 60;
const BATCH_TIMEOUT_MS = 30_000;
/** Without a single batch in between: then it is the file, not the weather. */
const ATTEMPTS_MAX = 5;

/** What a row is refused for; anything else is a failure of ours and is tried again. */
const REFUSALS: ReadonlySet<ErrorKind> = new Set(['invalid', 'not-found', 'conflict', 'unprocessable']);

class LeaseLost extends Error {}

@Injectable()
export class RunImports {
  constructor(
    private readonly database: Database,
    private readonly products: ProductRepository,
    private readonly imports: ImportRepository,
    private readonly stockRows: ApplyStockRows,
    private readonly productRows: ApplyProductRows,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns more than none where there may be more to do */
  async execute(): Promise<number> {
    const job = await this.imports.lease(this.database, newId(), LEASE_SECONDS);
    if (job === undefined) return 0;
    if (job.attempts > ATTEMPTS_MAX) {
      await this.giveUp(job);
      return 1;
    }
    try {
      for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) if ((await this.advance(job)) === 0) break;
      await this.imports.letGo(this.database, job);
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      this.logger.warn({ importId: job.id }, 'another process works on this import now');
    }
    return 1;
  }

  private async advance(job: LeasedImport): Promise<number> {
    try {
      return await this.applyBatch(job, null);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return this.applyOneByOne(job);
    }
  }

  /** @param lines these alone, or null: the next ones. @returns how many rows there were; after the last it is completed */
  private applyBatch(job: LeasedImport, lines: readonly number[] | null): Promise<number> {
    return this.holding(job, async (tx) => {
      const rows = await this.imports.waiting(tx, job.id, lines, BATCH_ROWS);
      if (rows.length > 0) await this.imports.settle(tx, job.id, await this.apply(tx, job, rows));
      else if (lines === null) await this.complete(tx, job);
      return rows.length;
    });
  }

  private async applyOneByOne(job: LeasedImport): Promise<number> {
    const rows = await this.imports.waiting(this.database, job.id, null, BATCH_ROWS);
    for (const { line } of rows) {
      try {
        await this.applyBatch(job, [line]);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const errors = [{ path: 'sku', code: error.code, message: error.message }];
        await this.holding(job, (tx) => this.imports.settle(tx, job.id, [{ line, outcome: 'FAILED', errors }]));
      }
    }
    return rows.length;
  }

  private apply(tx: CatalogueTx, job: LeasedImport, rows: readonly ImportRow[]): Promise<RowOutcome[]> {
    switch (job.kind) {
      case 'STOCK':
        return this.stockRows.execute(tx, job, rows);
      case 'PRODUCTS':
        return this.productRows.execute(tx, job, rows);
    }
  }

  private holding<T>(job: LeasedImport, work: (tx: CatalogueTx) => Promise<T>): Promise<T> {
    return this.products.transaction(
      async (tx) => {
        if (!(await this.imports.hold(tx, job, LEASE_SECONDS))) throw new LeaseLost();
        return work(tx);
      },
      { timeoutMs: BATCH_TIMEOUT_MS },
    );
  }

  private giveUp(job: LeasedImport): Promise<void> {
    this.logger.error({ importId: job.id }, 'an import failed again and again and is given up');
    const error = 'The rows could not be applied, although it was tried repeatedly.';
    return this.database.sqlTransaction(async (tx) => {
      const sums = await this.imports.fail(tx, job, error);
      if (sums !== null) await this.audit(tx, job, { state: 'FAILED', ...sums, error });
    });
  }

  private async complete(tx: SqlTx, job: LeasedImport): Promise<void> {
    await this.audit(tx, job, { state: 'COMPLETED', ...(await this.imports.complete(tx, job.id)) });
  }

  /** One line of the audit log for the file, however it ended; what it changed are movements and product events. */
  private async audit(tx: SqlTx, job: LeasedImport, after: object): Promise<void> {
    const action = adminAction({
      actorId: job.createdBy,
      action: job.kind === 'STOCK' ? 'stock.import' : 'product.import',
      subjectType: 'import',
      subjectId: job.id,
      businessId: job.businessId,
      occurredAt: this.clock.now(),
      before: null,
      after,
    });
    await appendToOutbox(tx, [action]);
  }
}

const isRefusal = (error: unknown): error is DomainError => error instanceof DomainError && REFUSALS.has(error.kind);
