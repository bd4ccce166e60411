import { eventOf, type DomainEvent, type ProductCreated, type ProductUpdated } from '@reseller/contracts';
import { productFact } from './product-fact.js';
import type { Product } from './product.js';
import type { CatalogueTx, ProductRepository } from './product.repository.js';

export interface CatalogueNews {
  readonly definition: typeof ProductCreated | typeof ProductUpdated;
  readonly products: readonly Product[];
  /** Who made or changed them. */
  readonly actor: string;
}

/** What others are told of many products: each category's path is looked up once. */
export async function catalogueEvents(
  tx: CatalogueTx,
  repository: ProductRepository,
  { definition, products, actor }: CatalogueNews,
): Promise<DomainEvent[]> {
  const paths = new Map<string | null, readonly string[]>();
  for (const id of new Set(products.map(({ category }) => category?.id ?? null)))
    paths.set(id, await repository.categoryPath(tx, id));
  return products.map((product) =>
    eventOf(definition, {
      aggregateId: product.id,
      aggregateVersion: product.version,
      businessId: product.businessId,
      actor,
      occurredAt: product.updatedAt,
      data: productFact(product, paths.get(product.category?.id ?? null) ?? []),
    }),
  );
}
