import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type BoundedTotal, type PageRequest } from '@reseller/http';
import { containsPattern, Database } from '@reseller/persistence';
import type { MovementKind } from './stock-movement.js';

export interface VariantStock {
  readonly variantId: string;
  readonly productId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly stock: number;
  readonly reserved: number;
  readonly available: number;
}

export interface InventoryRow extends VariantStock {
  readonly businessId: string;
  readonly isActive: boolean;
  readonly lowStockThreshold: number;
  readonly isLow: boolean;
  /** Of the settings: what `If-Match` names. */
  readonly version: bigint;
  readonly updatedAt: Date;
}

export interface MovementRow {
  readonly id: string;
  readonly variantId: string;
  readonly productId: string;
  readonly sku: string;
  readonly kind: MovementKind;
  readonly delta: number;
  readonly stockAfter: number;
  readonly reason: string | null;
  readonly note: string | null;
  readonly referenceType: string;
  readonly referenceId: string;
  readonly actor: string | null;
  readonly createdAt: Date;
}

export interface InventoryFilter {
  readonly q: string | null;
  readonly productId: string | null;
  readonly lowStock: boolean | null;
  /** Whether it is on sale: the variant and its product. */
  readonly isActive: boolean | null;
  /** The one business that the administrator is limited to. */
  readonly businessId: string | null;
}

export interface MovementFilter {
  readonly variantId: string | null;
  readonly productId: string | null;
  readonly kind: MovementKind | null;
  readonly reason: string | null;
  readonly businessId: string | null;
}

/*
 * SQL, because Prisma cannot compare an expression over columns (`stock - reserved`) with another column. Filters that are
 * not asked for are null parameters, so there are few texts; counting stops where nobody wants to know it any more.
 */
const NUMBERS = `v.id as "variantId", v.product_id as "productId", p.name as "productName", v.name as "variantName", v.sku,
  v.stock, v.reserved, v.stock - v.reserved as available`;

const VISIBLE = `from variants v join products p on p.id = v.product_id
  where v.deleted_at is null and v.is_active and p.is_active`;

const INVENTORY = `from variants v join products p on p.id = v.product_id
  where v.deleted_at is null
    and ($1::uuid is null or v.business_id = $1::uuid)
    and ($2::uuid is null or v.product_id = $2::uuid)
    and ($3::boolean is null or (v.stock - v.reserved <= v.low_stock_threshold) = $3::boolean)
    and ($4::text is null or v.sku ilike $4::text or p.name ilike $4::text)
    and ($5::boolean is null or (v.is_active and p.is_active) = $5::boolean)`;

const INVENTORY_ROW = `${NUMBERS}, v.business_id as "businessId", v.is_active as "isActive",
  v.low_stock_threshold as "lowStockThreshold", v.stock - v.reserved <= v.low_stock_threshold as "isLow",
  v.settings_version as "version", v.updated_at as "updatedAt"`;

const OF_ADMIN = `from variants v join products p on p.id = v.product_id
  where v.deleted_at is null and ($1::uuid is null or v.business_id = $1::uuid)`;

const MOVEMENTS = `from stock_movements m join variants v on v.id = m.variant_id
  where ($1::uuid is null or v.business_id = $1::uuid)
    and ($2::uuid is null or m.variant_id = $2::uuid)
    and ($3::uuid is null or v.product_id = $3::uuid)
    and ($4::text is null or m.kind = $4::text)
    and ($5::text is null or m.reason = $5::text)`;

const MOVEMENT = `m.id, m.variant_id as "variantId", v.product_id as "productId", v.sku, m.kind, m.delta,
  m.stock_after as "stockAfter", m.reason, m.note, m.reference_type as "referenceType", m.reference_id as "referenceId",
  m.actor, m.created_at as "createdAt"`;

/** The newest of each variant by the index, then the newest of those. */
const LATEST_MOVEMENTS = `
select ${MOVEMENT} from unnest($1::uuid[]) as wanted(variant_id)
cross join lateral (
  select * from stock_movements where variant_id = wanted.variant_id order by id desc limit $2
) m join variants v on v.id = m.variant_id
order by m.id desc limit $2`;

const ORDER = { available: 'v.stock - v.reserved', stock: 'v.stock', sku: 'v.sku', updatedAt: 'v.updated_at' } as const;

@Injectable()
export class StockQueries {
  constructor(private readonly database: Database) {}

  async ofVariant(variantId: string): Promise<VariantStock | undefined> {
    const [row] = await this.database.query<VariantStock>(`select ${NUMBERS} ${VISIBLE} and v.id = $1::uuid`, [
      variantId,
    ]);
    return row;
  }

  /** The variants of a product that are on sale, or the one of them that is named. */
  ofProduct(productId: string, variantId: string | null): Promise<VariantStock[]> {
    return this.database.query<VariantStock>(
      `select ${NUMBERS} ${VISIBLE} and v.product_id = $1::uuid and ($2::uuid is null or v.id = $2::uuid) order by v.position, v.id`,
      [productId, variantId],
    );
  }

  /** For administrators; undefined where it is not theirs. */
  async inventoryOf(variantId: string, businessId: string | null): Promise<InventoryRow | undefined> {
    const [row] = await this.database.query<InventoryRow>(`select ${INVENTORY_ROW} ${OF_ADMIN} and v.id = $2::uuid`, [
      businessId,
      variantId,
    ]);
    return row;
  }

  /** All variants of a product that are not deleted, for administrators. */
  variantsOf(productId: string, businessId: string | null): Promise<InventoryRow[]> {
    return this.database.query<InventoryRow>(
      `select ${INVENTORY_ROW} ${OF_ADMIN} and v.product_id = $2::uuid order by v.position, v.id`,
      [businessId, productId],
    );
  }

  latestMovements(variantIds: readonly string[], count: number): Promise<MovementRow[]> {
    return this.database.query<MovementRow>(LATEST_MOVEMENTS, [[...variantIds], count]);
  }

  async inventory(filter: InventoryFilter, page: PageRequest<keyof typeof ORDER>): Promise<BoundedPage<InventoryRow>> {
    const { skip, take, sort } = page;
    const pattern = filter.q === null ? null : containsPattern(filter.q);
    const params = [filter.businessId, filter.productId, filter.lowStock, pattern, filter.isActive];
    const direction = sort.descending ? 'desc' : 'asc';
    const [data, bounded] = await Promise.all([
      this.database.query<InventoryRow>(
        `select ${INVENTORY_ROW} ${INVENTORY} order by ${ORDER[sort.field]} ${direction}, v.id ${direction} limit $6 offset $7`,
        [...params, take, skip],
      ),
      this.count(INVENTORY, params),
    ]);
    return { data, ...bounded, skip, take };
  }

  async movements(filter: MovementFilter, page: PageRequest<'createdAt'>): Promise<BoundedPage<MovementRow>> {
    const { skip, take, sort } = page;
    const params = [filter.businessId, filter.variantId, filter.productId, filter.kind, filter.reason];
    // Ids are UUIDv7 and grow with time; the index over (variant, id) gives a variant's movements in that order.
    const direction = sort.descending ? 'desc' : 'asc';
    const [data, bounded] = await Promise.all([
      this.database.query<MovementRow>(
        `select ${MOVEMENT} ${MOVEMENTS} order by m.id ${direction} limit $6 offset $7`,
        [...params, take, skip],
      ),
      this.count(MOVEMENTS, params),
    ]);
    return { data, ...bounded, skip, take };
  }

  private async count(from: string, params: readonly unknown[]): Promise<BoundedTotal> {
    const [row] = await this.database.query<{ counted: bigint }>(
      `select count(*) as counted from (select 1 ${from} limit ${COUNTED_MAX + 1}) found`,
      params,
    );
    return boundedTotal(row?.counted ?? 0n);
  }
}
