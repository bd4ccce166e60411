import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import { CLOCK, conflict, type Clock } from '@reseller/runtime';
import { adminActionEvent } from '../audit/admin-action.js';
import { CatalogueCache } from '../products/catalogue-cache.js';
import type { CatalogueActor } from '../products/create-product.js';
import { CategoryRepository } from './category.repository.js';

@Injectable()
export class DeleteCategory {
  constructor(
    private readonly categories: CategoryRepository,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 CATEGORY_NOT_FOUND; 409 CATEGORY_NOT_EMPTY while it has products or children. */
  async execute({ id, actor }: { readonly id: string; readonly actor: CatalogueActor }): Promise<void> {
    await this.categories.transaction(async (tx) => {
      await this.categories.lockTree(tx, await this.categories.businessOf(tx, id, actor.businessId));
      // Locked for update, so that no product can be put into it between the check and the deletion.
      const { businessId, version, name, slug, parentId } = await this.categories.lock(tx, id, actor.businessId);
      const uses = await this.categories.usesOf(tx, id);
      if (uses.products > 0 || uses.children > 0) {
        throw conflict('CATEGORY_NOT_EMPTY', 'Move or delete what is in the category first.', uses);
      }
      await this.categories.remove(tx, id);
      await appendToOutbox(tx, [
        adminActionEvent({
          actorId: actor.userId,
          action: 'category.delete',
          subjectType: 'category',
          subjectId: id,
          businessId,
          version: version + 1n,
          occurredAt: this.clock.now(),
          before: { name, slug, parentId },
          after: null,
        }),
      ]);
      tx.afterCommit(() => this.cache.drop());
    });
  }
}
