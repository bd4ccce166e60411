import { Inject, Injectable } from '@nestjs/common';
import { adminAction, eventOf, ProductDeleted } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { CLOCK, requireVersion, type Clock } from '@reseller/runtime';
import { CatalogueCache } from './catalogue-cache.js';
import type { CatalogueActor } from './create-product.js';
import { productFact } from './product-fact.js';
import { ProductRepository } from './product.repository.js';

export interface DeleteProductCommand {
  readonly id: string;
  readonly actor: CatalogueActor;
  readonly expectedVersion: bigint | null;
}

/** Takes a product out of the catalogue. Orders that hold stock of it go on: their reservations still settle. */
@Injectable()
export class DeleteProduct {
  constructor(
    private readonly products: ProductRepository,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ id, actor, expectedVersion }: DeleteProductCommand): Promise<void> {
    await this.products.transaction(async (tx) => {
      const before = await this.products.lock(tx, id, actor.businessId);
      requireVersion('product', expectedVersion, before.version);
      const version = before.version + 1n;
      const occurredAt = this.clock.now();
      await this.products.remove(tx, { ...before, version }, occurredAt);
      const { businessId } = before;
      await appendToOutbox(tx, [
        eventOf(ProductDeleted, {
          aggregateId: id,
          aggregateVersion: version,
          businessId,
          actor: actor.userId,
          occurredAt,
          data: { productId: id, businessId },
        }),
        adminAction({
          actorId: actor.userId,
          action: 'product.delete',
          subjectType: 'product',
          subjectId: id,
          businessId,
          occurredAt,
          before: productFact(before, await this.products.categoryPath(tx, before.category?.id ?? null)),
          after: null,
        }),
      ]);
      tx.afterCommit(() => this.cache.drop());
    });
  }
}
