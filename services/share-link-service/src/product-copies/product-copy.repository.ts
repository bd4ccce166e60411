import { Injectable } from '@nestjs/common';
import { productSchema, type ProductFact } from '@reseller/contracts';
import { Database, type Sql } from '@reseller/persistence';

/** A tombstone is final, and of two versions the newer stays, so events may arrive in any order. */
const WRITE = `insert into product_copies as copy (id, version, business_id, product, deleted_at)
  values ($1, $2, $3, $4::jsonb, case when $4::jsonb is null then now() end)
  on conflict (id) do update
    set version = excluded.version, business_id = excluded.business_id, product = excluded.product,
        deleted_at = excluded.deleted_at, heard_at = now()
    where copy.version < excluded.version and copy.deleted_at is null`;

/** Rows a statement, so that no lock is held for long. */
const TOMBSTONES_BATCH = 1_000;

const DELETE_TOMBSTONES = `delete from product_copies where id = any (array(
    select id from product_copies where deleted_at < now() - make_interval(secs => $1::double precision / 1000)
    order by deleted_at limit ${TOMBSTONES_BATCH} for update skip locked))
  returning 1 as one`;

@Injectable()
export class ProductCopyRepository {
  constructor(private readonly database: Database) {}

  /** Null for a deleted product, undefined for one that was never heard of. */
  async find(productId: string): Promise<ProductFact | null | undefined> {
    const [row] = await this.database.query<{ product: unknown }>('select product from product_copies where id = $1', [
      productId,
    ]);
    if (row === undefined) return undefined;
    return row.product === null ? null : productSchema.parse(row.product);
  }

  async store(sql: Pick<Sql, 'query'>, product: ProductFact, version: bigint): Promise<void> {
    await sql.query(WRITE, [product.productId, version, product.businessId, JSON.stringify(product)]);
  }

  async storeDeletion(
    sql: Pick<Sql, 'query'>,
    gone: { productId: string; businessId: string },
    version: bigint,
  ): Promise<void> {
    await sql.query(WRITE, [gone.productId, version, gone.businessId, null]);
  }

  /** Deletes one batch of tombstones that are older. @returns how many */
  async deleteTombstones(keptMs: number): Promise<number> {
    return (await this.database.query(DELETE_TOMBSTONES, [keptMs])).length;
  }
}
