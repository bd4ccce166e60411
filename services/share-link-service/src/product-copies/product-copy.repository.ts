import { Injectable } from '@nestjs/common';
import { productSchema, type ProductFact } from '@reseller/contracts';
import { Database, DeletableCopies, type Sql } from '@reseller/persistence';

export const PRODUCT_COPIES = new DeletableCopies<{ businessId: string; product: unknown }>(
  'product_copies',
  ['businessId', 'product'],
  ['heard_at'],
);

@Injectable()
export class ProductCopyRepository {
  constructor(private readonly database: Database) {}

  /** Null for a deleted product, undefined for one that was never heard of. */
  async find(productId: string): Promise<ProductFact | null | undefined> {
    const copy = await PRODUCT_COPIES.find(this.database, productId);
    if (copy === undefined) return undefined;
    return copy.product === null ? null : productSchema.parse(copy.product);
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
