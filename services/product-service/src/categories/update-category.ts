import { Inject, Injectable } from '@nestjs/common';
import { adminAction, ProductUpdated } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { CLOCK, requireVersion, type Clock } from '@reseller/runtime';
import { CatalogueCache } from '../products/catalogue-cache.js';
import { catalogueEvents } from '../products/catalogue-events.js';
import { categoryUnknown, type CatalogueActor } from '../products/create-product.js';
import { ProductRepository } from '../products/product.repository.js';
import { checkPlacement } from './category-tree.js';
import { CategoryRepository, type Category, type CategoryTx } from './category.repository.js';

export interface UpdateCategoryCommand {
  readonly id: string;
  readonly actor: CatalogueActor;
  /** From `If-Match`: the change is only made to this version. */
  readonly expectedVersion: bigint | null;
  /** What is undefined stays as it is; null clears. */
  readonly patch: {
    readonly name?: string | undefined;
    readonly slug?: string | undefined;
    readonly description?: string | null | undefined;
    readonly parentId?: string | null | undefined;
  };
}

const PRODUCTS_AT_ONCE = 200;

@Injectable()
export class UpdateCategory {
  constructor(
    private readonly categories: CategoryRepository,
    private readonly products: ProductRepository,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 CATEGORY_NOT_FOUND; 409 SLUG_TAKEN; 412 VERSION_MISMATCH; 422 CATEGORY_UNKNOWN, CATEGORY_CYCLE or CATEGORY_TOO_DEEP. */
  execute({ id, actor, expectedVersion, patch }: UpdateCategoryCommand): Promise<Category> {
    return this.categories.transaction(async (tx) => {
      await this.categories.lockTree(tx, await this.categories.businessOf(tx, id, actor.businessId));
      const before = await this.categories.lock(tx, id, actor.businessId);
      requireVersion('category', expectedVersion, before.version);
      const parentId = patch.parentId === undefined ? before.parentId : patch.parentId;
      const isMoved = parentId !== before.parentId;
      if (isMoved) await this.checkMove(tx, before, parentId);
      const after = await this.categories.update(tx, {
        ...before,
        parentId,
        name: patch.name ?? before.name,
        slug: patch.slug ?? before.slug,
        description: patch.description === undefined ? before.description : patch.description,
        version: before.version + 1n,
        updatedAt: this.clock.now(),
      });
      await this.tell(tx, actor, before, after);
      if (isMoved) await this.tellOfProducts(tx, id, actor);
      tx.afterCommit(() => this.cache.drop());
      return after;
    });
  }

  private async checkMove(tx: CategoryTx, { id, businessId }: Category, parentId: string | null): Promise<void> {
    if (parentId !== null && (await this.categories.findIn(tx, parentId, businessId)) === null) throw categoryUnknown();
    const parentPath = await this.products.categoryPath(tx, parentId);
    checkPlacement(id, { parentPath, height: await this.categories.heightOf(tx, id) });
  }

  /** Commission rules apply along the category path, so whoever keeps a copy of a product below has to hear of the move. */
  private async tellOfProducts(tx: CategoryTx, id: string, actor: CatalogueActor): Promise<void> {
    const productIds = await this.categories.touchProductsBelow(tx, id);
    for (let from = 0; from < productIds.length; from += PRODUCTS_AT_ONCE) {
      const products = await this.products.loadAll(tx, productIds.slice(from, from + PRODUCTS_AT_ONCE));
      const news = { definition: ProductUpdated, products, actor: actor.userId };
      await appendToOutbox(tx, await catalogueEvents(tx, this.products, news));
    }
  }

  private async tell(tx: CategoryTx, actor: CatalogueActor, before: Category, after: Category): Promise<void> {
    const facts = ({ name, slug, description, parentId }: Category) => ({ name, slug, description, parentId });
    await appendToOutbox(tx, [
      adminAction({
        actorId: actor.userId,
        action: 'category.update',
        subjectType: 'category',
        subjectId: after.id,
        businessId: after.businessId,
        occurredAt: after.updatedAt,
        before: facts(before),
        after: facts(after),
      }),
    ]);
  }
}
