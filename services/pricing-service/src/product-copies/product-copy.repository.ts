import { Injectable } from '@nestjs/common';
import { productSchema, type ProductFact } from '@reseller/contracts';
import { Database, type Sql } from '@reseller/persistence';
import { pricedProductOf, type ProductCopy } from './product-copy.js';

interface Row {
  readonly id: string;
  readonly version: bigint;
  readonly product: unknown;
}

const READ = 'select id, version, product from product_copies where id = any($1::uuid[])';

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

/** SQL because a quote waits for the read and a batch of events for the writes. */
@Injectable()
export class ProductCopyRepository {
  constructor(private readonly database: Database) {}

  async find(ids: readonly string[]): Promise<ProductCopy[]> {
    const rows = await this.database.query<Row>(READ, [ids]);
    return rows.map(({ id, version, product }) => ({
      productId: id,
      version,
      product: product === null ? null : pricedProductOf(productSchema.parse(product)),
    }));
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
