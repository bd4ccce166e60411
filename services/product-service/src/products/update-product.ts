import { Inject, Injectable } from '@nestjs/common';
import { adminAction, eventOf, ProductUpdated } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { CLOCK, newId, requireVersion, type Clock } from '@reseller/runtime';
import { stockLowEvent } from '../stock/stock-low.js';
import { CatalogueCache } from './catalogue-cache.js';
import { categoryUnknown, type CatalogueActor } from './create-product.js';
import { productFact } from './product-fact.js';
import { patchProduct, type ProductPatch } from './product-patch.js';
import type { Product } from './product.js';
import { ProductRepository, type CatalogueTx } from './product.repository.js';

export interface UpdateProductCommand {
  readonly id: string;
  readonly actor: CatalogueActor;
  /** From `If-Match`: the change is only made to this version. */
  readonly expectedVersion: bigint | null;
  readonly patch: ProductPatch;
}

@Injectable()
export class UpdateProduct {
  constructor(
    private readonly products: ProductRepository,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 PRODUCT_NOT_FOUND; 412 VERSION_MISMATCH; 409 SLUG_TAKEN or SKU_TAKEN; 422 as in {@link patchProduct}. */
  execute({ id, actor, expectedVersion, patch }: UpdateProductCommand): Promise<Product> {
    return this.products.transaction(async (tx) => {
      const businessId = patch.categoryId == null ? undefined : await this.products.businessOf(tx, id);
      if (businessId !== undefined) await this.products.holdCategories(tx, businessId);
      const before = await this.products.lock(tx, id, actor.businessId);
      requireVersion('product', expectedVersion, before.version);
      const category = await this.categoryAfter(tx, before, patch.categoryId);
      const after = patchProduct(before, patch, { category, now: this.clock.now(), newId });
      await this.products.updateAll(tx, [{ before, after }], actor.userId);
      const becomeLow = await this.products.moveThresholds(tx, before, after);
      const beforeFact = productFact(before, await this.products.categoryPath(tx, before.category?.id ?? null));
      const fact = productFact(after, await this.products.categoryPath(tx, after.category?.id ?? null));
      const { version, updatedAt: occurredAt } = after;
      await appendToOutbox(tx, [
        eventOf(ProductUpdated, {
          aggregateId: id,
          aggregateVersion: version,
          businessId: after.businessId,
          actor: actor.userId,
          occurredAt,
          data: fact,
        }),
        ...becomeLow.map((variant) => stockLowEvent(variant, { ...variant, occurredAt })),
        adminAction({
          actorId: actor.userId,
          action: 'product.update',
          subjectType: 'product',
          subjectId: id,
          businessId: after.businessId,
          occurredAt,
          before: beforeFact,
          after: fact,
        }),
      ]);
      tx.afterCommit(() => this.cache.drop());
      return after;
    });
  }

  private async categoryAfter(
    tx: CatalogueTx,
    before: Product,
    categoryId: string | null | undefined,
  ): Promise<Product['category']> {
    if (categoryId === undefined) return before.category;
    const category = await this.products.categoryOf(tx, categoryId, before.businessId);
    if (category === null && categoryId !== null) throw categoryUnknown();
    return category;
  }
}
