import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import { CatalogueCache } from '../products/catalogue-cache.js';
import { StockLedger } from '../stock/stock-ledger.js';
import { crossesThreshold, stockLowEvent, type WatchedVariant } from '../stock/stock-low.js';
import { stockRow, type StockRow } from './import-rows.schemas.js';
import type { ImportJob, ImportRow, RowOutcome } from './import.js';
import { readRows, type ReadRow } from './read-rows.js';

interface LockedVariant extends WatchedVariant {
  readonly skuKey: string;
  readonly stock: number;
  readonly stockVersion: bigint;
  readonly reserved: number;
}

/** In id order, as everything that locks variants. */
const LOCK = `
select v.id as "variantId", v.product_id as "productId", v.business_id as "businessId", v.sku, lower(v.sku) as "skuKey",
  p.name as "productName", v.name as "variantName", v.low_stock_threshold as "lowStockThreshold", v.stock, v.stock_version as "stockVersion", v.reserved
from variants v join products p on p.id = v.product_id
where v.business_id = $1::uuid and lower(v.sku) = any($2::text[]) and v.deleted_at is null
order by v.id for no key update of v`;

const SET_THRESHOLDS = `
update variants v set low_stock_threshold = t.threshold, settings_version = v.settings_version + 1,
  version = v.version + 1, updated_at = now()
from jsonb_to_recordset($1::jsonb) as t("variantId" uuid, threshold int)
where v.id = t."variantId" returning v.id as "variantId", v.version, v.stock - v.reserved as available`;

type Decision =
  | {
      readonly row: ReadRow<StockRow>;
      readonly variant: LockedVariant;
      readonly delta: number;
      readonly threshold: number | null;
    }
  | RowOutcome;

/**
 * Counts from a file: absolute numbers, so that the same file again changes nothing. A row that tells what the stock was
 * when its file was made is only for that stock: an export that comes back does not undo the sales made in between.
 */
@Injectable()
export class ApplyStockRows {
  constructor(
    private readonly ledger: StockLedger,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A handful of statements for all rows, whose variants stay locked from the look to the change. */
  async execute(tx: SqlTx, job: ImportJob, rows: readonly ImportRow[]): Promise<RowOutcome[]> {
    const { read, refused } = readRows(stockRow, rows);
    const keys = read.map(({ value }) => value.sku.toLowerCase());
    const locked = await tx.query<LockedVariant>(LOCK, [job.businessId, keys]);
    const variants = new Map(locked.map((variant) => [variant.skuKey, variant]));
    const decisions = read.map((row) => decide(row, variants.get(row.value.sku.toLowerCase())));
    const settled = decisions.flatMap((decision) => ('outcome' in decision ? [decision] : []));
    const changes = decisions.flatMap((decision) => ('outcome' in decision ? [] : [decision]));
    await this.ledger.apply(
      tx,
      changes
        .filter(({ delta }) => delta !== 0)
        .map(({ variant: { variantId }, delta }) => ({
          variantId,
          stockDelta: delta,
          reservedDelta: 0,
          kind: 'ADJUSTMENT' as const,
        })),
      { referenceType: 'IMPORT', referenceId: job.id, reason: 'COUNTED', actor: job.createdBy },
    );
    await this.setThresholds(
      tx,
      changes.flatMap(({ variant, threshold }) => (threshold === null ? [] : [{ variant, threshold }])),
    );
    if (changes.length > 0) tx.afterCommit(() => this.cache.drop());
    return [...refused, ...settled, ...changes.map(({ row: { line } }) => ({ line, outcome: 'APPLIED' as const }))];
  }

  private async setThresholds(
    tx: SqlTx,
    wanted: readonly { readonly variant: LockedVariant; readonly threshold: number }[],
  ): Promise<void> {
    if (wanted.length === 0) return;
    const params = wanted.map(({ variant: { variantId }, threshold }) => ({ variantId, threshold }));
    const changed = await tx.query<{ variantId: string; version: bigint; available: number }>(SET_THRESHOLDS, [
      JSON.stringify(params),
    ]);
    const after = new Map(changed.map((row) => [row.variantId, row]));
    const occurredAt = this.clock.now();
    await appendToOutbox(
      tx,
      wanted.flatMap(({ variant, threshold }) => {
        const now = after.get(variant.variantId);
        if (now === undefined || !crossesThreshold(now.available, variant.lowStockThreshold, threshold)) return [];
        return [stockLowEvent({ ...variant, lowStockThreshold: threshold }, { ...now, occurredAt })];
      }),
    );
  }
}

function decide(row: ReadRow<StockRow>, variant: LockedVariant | undefined): Decision {
  const { line, value } = row;
  if (variant === undefined) {
    return failed(line, 'sku', 'VARIANT_NOT_FOUND', 'the business has no variant with this SKU');
  }
  const stock = wantedStock(value, variant.stock);
  if (stock !== variant.stock && isStale(value, variant)) {
    const message = `the stock is ${variant.stock} now, and has moved since the file was made: look at stock again and send the row with stockWas ${variant.stock} and stockVersion ${variant.stockVersion}, or without stockWas and stockVersion to set the stock whatever it is`;
    return failed(line, 'stock', 'STOCK_CHANGED', message);
  }
  if (stock < variant.reserved) {
    const message = `${variant.reserved} pieces are reserved for orders; the count cannot be below that`;
    return failed(line, 'stock', 'STOCK_BELOW_RESERVED', message);
  }
  const { lowStockThreshold = variant.lowStockThreshold } = value;
  const threshold = lowStockThreshold === variant.lowStockThreshold ? null : lowStockThreshold;
  const delta = stock - variant.stock;
  return delta === 0 && threshold === null ? { line, outcome: 'UNCHANGED' } : { row, variant, delta, threshold };
}

/** Untouched since the export: it stays whatever it is now. */
function wantedStock({ stock, stockWas }: StockRow, current: number): number {
  return stock === undefined || stock === stockWas ? current : stock;
}

/** The stock alone would not tell: what came and went again leaves it as it was. */
const isStale = ({ stockWas, stockVersion }: StockRow, current: LockedVariant): boolean =>
  (stockWas !== undefined && stockWas !== current.stock) ||
  (stockVersion !== undefined && stockVersion !== current.stockVersion);

const failed = (line: number, path: string, code: string, message: string): RowOutcome => ({
  line,
  outcome: 'FAILED',
  errors: [{ path, code, message }],
});
