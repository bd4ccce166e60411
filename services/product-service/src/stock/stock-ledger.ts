import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { CLOCK, newId, type Clock } from '@reseller/runtime';
import { crossesLow, stockLowEvent } from './stock-low.js';
import type { MovementSource, StockChange } from './stock-movement.js';

/** A variant after a change. */
export interface ChangedVariant {
  readonly variantId: string;
  readonly productId: string;
  readonly businessId: string;
  readonly sku: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly lowStockThreshold: number;
  readonly stock: number;
  readonly reserved: number;
  readonly version: bigint;
  readonly availableBefore: number;
}

/*
 * One statement for all variants of a change: it runs inside consumers' transactions, where each round trip holds row
 * locks longer. `locked` takes the rows in id order, as everything does that locks variants, so no two changes can wait
 * for each other in a circle; the update follows it and therefore sees the locked, latest versions.
 */
const APPLY = `
with change as materialized (
  select * from jsonb_to_recordset($1::jsonb)
    as c(variant_id uuid, stock_delta int, reserved_delta int, movement_id uuid, kind text)
), locked as materialized (
  select v.id, v.stock - v.reserved as available
  from variants v join change c on c.variant_id = v.id
  order by v.id for no key update of v
), changed as (
  update variants v
  set stock = v.stock + c.stock_delta, reserved = v.reserved + c.reserved_delta, version = v.version + 1,
    stock_version = v.stock_version + (c.stock_delta <> 0)::int, updated_at = now()
  from change c join locked l on l.id = c.variant_id
  where v.id = c.variant_id
  returning v.id, v.product_id, v.business_id, v.sku, v.name, v.low_stock_threshold, v.stock, v.reserved, v.version,
    l.available as available_before, c.movement_id, c.kind, c.stock_delta
), moved as (
  insert into stock_movements (id, variant_id, kind, delta, stock_after, reason, note, reference_type, reference_id, actor)
  select movement_id, id, kind, stock_delta, stock, $2::text, $3::text, $4::text, $5::text, $6::text
  from changed where stock_delta <> 0
)
select c.id as "variantId", c.product_id as "productId", c.business_id as "businessId", c.sku, p.name as "productName",
  c.name as "variantName", c.low_stock_threshold as "lowStockThreshold", c.stock, c.reserved, c.version,
  c.available_before as "availableBefore"
from changed c join products p on p.id = c.product_id`;

const LOCK = `
select id as "variantId", stock, reserved,
  case when deleted_at is null then stock - reserved else 0 end as available
from variants where id = any($1::uuid[]) order by id for no key update`;

/** A variant's numbers while its row is locked: they stay true until the transaction ends. */
export interface LockedStock {
  readonly variantId: string;
  readonly stock: number;
  readonly reserved: number;
  readonly available: number;
}

/** The only writer of `variants.stock` and, beside reserving, of `variants.reserved`. */
@Injectable()
export class StockLedger {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Applies at most one change per variant, with its movements, and tells of stock that became low.
   * The table's check refuses what would go below zero or below what is reserved.
   */
  async apply(tx: SqlTx, changes: readonly StockChange[], source: MovementSource): Promise<ChangedVariant[]> {
    if (changes.length === 0) return [];
    const rows = changes.map(({ variantId, stockDelta, reservedDelta, kind }) => ({
      variant_id: variantId,
      stock_delta: stockDelta,
      reserved_delta: reservedDelta,
      movement_id: newId(),
      kind,
    }));
    const { reason, note = null, referenceType, referenceId, actor } = source;
    const params = [JSON.stringify(rows), reason, note, referenceType, referenceId, actor];
    const changed = await tx.query<ChangedVariant>(APPLY, params);
    await this.tellOfLowStock(tx, changed);
    return changed;
  }

  /** Locks variants in id order. Ids that do not exist are missing from the answer. */
  lock(tx: SqlTx, variantIds: readonly string[]): Promise<LockedStock[]> {
    return tx.query<LockedStock>(LOCK, [[...variantIds]]);
  }

  private async tellOfLowStock(tx: SqlTx, changed: readonly ChangedVariant[]): Promise<void> {
    const occurredAt = this.clock.now();
    const events = changed.flatMap((variant) => {
      const available = variant.stock - variant.reserved;
      return crossesLow(variant.availableBefore, available, variant.lowStockThreshold)
        ? [stockLowEvent(variant, { available, version: variant.version, occurredAt })]
        : [];
    });
    await appendToOutbox(tx, events);
  }
}
