import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { readCsv, type CsvRecord } from '@reseller/http';
import { Database, type SqlTx } from '@reseller/persistence';
import { invalid, LOGGER, newId, tooLarge, type Logger } from '@reseller/runtime';
import { Businesses } from '../businesses/businesses.js';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';
import { businessOf, type CatalogueActor } from '../products/create-product.js';
import { cellsOf, headerOf, headerProblems, type Header, type ImportKind } from './import.js';
import { ImportQueries, type ImportProgress } from './import.queries.js';
import { ImportRepository, type ReceivedRow } from './import.repository.js';

const BATCH_ROWS = 500;

export interface ReceiveImportCommand {
  readonly kind: ImportKind;
  readonly actor: CatalogueActor;
  readonly businessId?: string | undefined;
  readonly body: Readable;
}

/** A file that is here and does not wait to be worked on yet. */
export interface ReceivedFile {
  readonly id: string;
  readonly rows: number;
  /** Of its bytes, in hex: tells whether another file is the same. */
  readonly sha256: string;
}

/**
 * Takes in a file as it arrives, a few hundred rows in memory at a time. Nothing of it is applied before all of it is here;
 * one that breaks off leaves nothing.
 */
@Injectable()
export class ReceiveImport {
  constructor(
    private readonly database: Database,
    private readonly businesses: Businesses,
    private readonly imports: ImportRepository,
    private readonly queries: ImportQueries,
    @Inject(CONFIG) private readonly config: Pick<ProductServiceConfig, 'IMPORT_MAX_BYTES' | 'IMPORT_MAX_ROWS'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * What is received is queued or discarded; what is neither, because a process died, is forgotten after an hour.
   *
   * @throws 400 CSV_MALFORMED, CSV_HEADER or CSV_EMPTY; 413 PAYLOAD_TOO_LARGE or TOO_MANY_ROWS; 403 for another business; 422 BUSINESS_UNKNOWN.
   */
  async execute({ kind, actor, businessId, body }: ReceiveImportCommand): Promise<ReceivedFile> {
    const job = { id: newId(), kind, businessId: businessOf(actor, businessId), createdBy: actor.userId };
    await this.businesses.requireActive(job.businessId);
    await this.imports.open(this.database, job);
    const digest = createHash('sha256');
    const options = { maxBytes: this.config.IMPORT_MAX_BYTES, onBytes: (bytes: Buffer) => void digest.update(bytes) };
    try {
      const rows = await this.keep(job.id, kind, readCsv(body, options));
      return { id: job.id, rows, sha256: digest.digest('hex') };
    } catch (error) {
      await this.discard(job.id);
      throw error;
    }
  }

  /** From now on it waits to be worked on. `remember` stores the answer in the same transaction. */
  queue({ id, rows }: ReceivedFile, remember: (tx: SqlTx, progress: ImportProgress) => Promise<void>) {
    return this.database.sqlTransaction(async (tx): Promise<ImportProgress> => {
      await this.imports.queue(tx, id, rows);
      const progress = await this.queries.byId(id, null, tx);
      if (progress === undefined) throw new Error('an import vanished before it was queued');
      await remember(tx, progress);
      return progress;
    });
  }

  /** Forgets a file that was not queued. Where that fails it is forgotten after an hour: nobody's answer hangs on it. */
  async discard(id: string): Promise<void> {
    await this.imports.removeReceiving(this.database, id).catch((error: unknown) => {
      this.logger.warn({ err: error, importId: id }, 'a file that is not to be worked on could not be deleted yet');
    });
  }

  private async keep(id: string, kind: ImportKind, records: AsyncIterable<CsvRecord>): Promise<number> {
    let header: Header | undefined;
    let batch: ReceivedRow[] = [];
    let total = 0;
    for await (const record of records) {
      if (header === undefined) {
        header = requireHeader(kind, record.cells);
        continue;
      }
      total += 1;
      if (total > this.config.IMPORT_MAX_ROWS)
        throw tooLarge('TOO_MANY_ROWS', `A file has at most ${this.config.IMPORT_MAX_ROWS} rows. Send it in parts.`);
      batch.push(rowOf(header, record));
      if (batch.length < BATCH_ROWS) continue;
      await this.imports.addRows(this.database, id, batch);
      batch = [];
    }
    if (total === 0) throw invalid('CSV_EMPTY', 'The file has no rows.');
    if (batch.length > 0) await this.imports.addRows(this.database, id, batch);
    return total;
  }
}

function requireHeader(kind: ImportKind, names: readonly string[]): Header {
  const errors = headerProblems(kind, names);
  if (errors.length === 0) return headerOf(kind, names);
  throw invalid('CSV_HEADER', 'The first line does not name the columns of this file; see errors.', {
    errors: errors.map(({ path, message }) => ({ path, message })),
  });
}

/** A row that has more cells than the header is told of by a column that no schema knows. */
function rowOf(header: Header, { cells: record, line }: CsvRecord): ReceivedRow {
  const surplus = record
    .slice(header.length)
    .filter((cell) => cell !== '')
    .join(',');
  const cells = cellsOf(header, record);
  return {
    line,
    skuKey: (cells['sku'] ?? '').toLowerCase(),
    cells: surplus === '' ? cells : { ...cells, surplus: surplus.slice(0, 200) },
  };
}
