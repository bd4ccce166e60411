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
}
