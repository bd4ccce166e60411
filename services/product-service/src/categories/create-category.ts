import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { CLOCK, conflict, newId, type Clock } from '@reseller/runtime';
import { Businesses } from '../businesses/businesses.js';
import { CatalogueCache } from '../products/catalogue-cache.js';
import { businessOf, categoryUnknown, type CatalogueActor } from '../products/create-product.js';
import { ProductRepository } from '../products/product.repository.js';
import { freeSlug, slugOf } from '../products/slug.js';
import { checkPlacement } from './category-tree.js';
import { CategoryRepository, type Category, type CategoryTx } from './category.repository.js';

export interface CreateCategoryCommand {
  readonly actor: CatalogueActor;
  readonly businessId?: string | undefined;
  readonly parentId: string | null;
  readonly name: string;
  readonly slug?: string | undefined;
  readonly description: string | null;
}

@Injectable()
export class CreateCategory {
  constructor(
    private readonly categories: CategoryRepository,
    private readonly products: ProductRepository,
    private readonly businesses: Businesses,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 409 SLUG_TAKEN; 422 BUSINESS_UNKNOWN, CATEGORY_UNKNOWN (the parent) or CATEGORY_TOO_DEEP. */
  async execute(command: CreateCategoryCommand): Promise<Category> {
    const { actor, parentId, name, description } = command;
    const businessId = businessOf(actor, command.businessId);
    await this.businesses.requireActive(businessId);
    const id = newId();
    const now = this.clock.now();
    return this.categories.transaction(async (tx) => {
      await this.categories.lockTree(tx, businessId);
      if (parentId !== null && (await this.categories.findIn(tx, parentId, businessId)) === null)
        throw categoryUnknown();
      checkPlacement(id, { parentPath: await this.products.categoryPath(tx, parentId), height: 1 });
      const slug = await this.slugFor(tx, command, businessId);
      const category = await this.categories.insert(tx, {
        id,
        businessId,
        parentId,
        name,
        slug,
        description,
        version: 1n,
        createdAt: now,
        updatedAt: now,
      });
      await appendToOutbox(tx, [
        adminAction({
          actorId: actor.userId,
          action: 'category.create',
          subjectType: 'category',
          subjectId: id,
          businessId,
          occurredAt: now,
          before: null,
          after: { name, slug, description, parentId },
        }),
      ]);
      tx.afterCommit(() => this.cache.drop());
      return category;
    });
  }

  private async slugFor(tx: CategoryTx, { slug, name }: CreateCategoryCommand, businessId: string): Promise<string> {
    const base = slug ?? (slugOf(name) || 'category');
    const taken = await this.categories.slugsLike(tx, businessId, base);
    if (slug !== undefined && taken.has(slug)) throw conflict('SLUG_TAKEN', 'This slug is taken. Choose another one.');
    return slug ?? freeSlug(base, taken);
  }
}
