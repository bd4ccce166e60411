import { Injectable } from '@nestjs/common';
import { productSchema, type ProductFact } from '@reseller/contracts';
import { Database, DeletableCopies, type Sql } from '@reseller/persistence';
import { pricedProductOf, type ProductCopy } from './product-copy.js';

interface Row {
  readonly id: string;
  readonly version: bigint;
  readonly product: unknown;
}

const READ = 'select id, version, product from product_copies where id = any($1::uuid[])';

export const PRODUCT_COPIES = new DeletableCopies<{ businessId: string; product: unknown }>(
  'product_copies',
  ['businessId', 'product'],
  ['heard_at'],
);

/** SQL because a quote waits for it. */
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

  store(sql: Sql, product: ProductFact, version: bigint): Promise<void> {
    return PRODUCT_COPIES.keep(sql, { id: product.productId, version, businessId: product.businessId, product });
  }

  storeDeletion(
    sql: Sql,
    { productId, businessId }: { productId: string; businessId: string },
    version: bigint,
  ): Promise<void> {
    return PRODUCT_COPIES.keepDeletion(sql, { id: productId, version, businessId, product: null });
  }
}
