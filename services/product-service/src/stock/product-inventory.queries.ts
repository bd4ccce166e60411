import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { StockQueries, type InventoryRow, type MovementRow } from './stock.queries.js';

export interface VariantInventory extends InventoryRow {
  /** Orders that hold pieces of it and are not paid yet. */
  readonly liveReservations: number;
}

export interface ProductInventory {
  readonly variants: readonly VariantInventory[];
  readonly movements: readonly MovementRow[];
}

const MOVEMENTS_SHOWN = 20;

const LIVE = `
select l.variant_id as "variantId", count(*)::int as live
from reservation_lines l join reservations r on r.id = l.reservation_id
where l.variant_id = any($1::uuid[]) and r.status = 'RESERVED' group by l.variant_id`;

@Injectable()
export class ProductInventoryQueries {
  constructor(
    private readonly database: Database,
    private readonly stock: StockQueries,
  ) {}

  /** Empty where the administrator has no such product: a product always has a variant. */
  async of(productId: string, businessId: string | null): Promise<ProductInventory> {
    const variants = await this.stock.variantsOf(productId, businessId);
    if (variants.length === 0) return { variants: [], movements: [] };
    const ids = variants.map(({ variantId }) => variantId);
    const [live, movements] = await Promise.all([
      this.database.query<{ variantId: string; live: number }>(LIVE, [ids]),
      this.stock.latestMovements(ids, MOVEMENTS_SHOWN),
    ]);
    const liveOf = new Map(live.map((row) => [row.variantId, row.live]));
    return {
      variants: variants.map((variant) => ({ ...variant, liveReservations: liveOf.get(variant.variantId) ?? 0 })),
      movements,
    };
  }
}
