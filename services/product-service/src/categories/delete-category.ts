import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { CLOCK, conflict, requireVersion, type Clock } from '@reseller/runtime';
import { CatalogueCache } from '../products/catalogue-cache.js';
import type { CatalogueActor } from '../products/create-product.js';
import { CategoryRepository } from './category.repository.js';

export interface DeleteCategoryCommand {
  readonly id: string;
  readonly actor: CatalogueActor;
  /** From `If-Match`: only this version is deleted. */
  readonly expectedVersion: bigint | null;
}

@Injectable()
export class DeleteCategory {
  constructor(
    private readonly categories: CategoryRepository,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 CATEGORY_NOT_FOUND; 412 VERSION_MISMATCH; 409 CATEGORY_NOT_EMPTY while it has products or children. */
  async execute({ id, actor, expectedVersion }: DeleteCategoryCommand): Promise<void> {
    await this.categories.transaction(async (tx) => {
      await this.categories.lockTree(tx, await this.categories.businessOf(tx, id, actor.businessId));
      // Locked for update, so that no product can be put into it between the check and the deletion.
      const before = await this.categories.lock(tx, id, actor.businessId);
      requireVersion('category', expectedVersion, before.version);
      const { businessId, name, slug, parentId } = before;
      const uses = await this.categories.usesOf(tx, id);
      if (uses.products > 0 || uses.children > 0) {
        throw conflict('CATEGORY_NOT_EMPTY', 'Move or delete what is in the category first.', uses);
      }
      await this.categories.remove(tx, id);
      await appendToOutbox(tx, [
        adminAction({
          actorId: actor.userId,
          action: 'category.delete',
          subjectType: 'category',
          subjectId: id,
          businessId,
          occurredAt: this.clock.now(),
          before: { name, slug, parentId },
          after: null,
        }),
      ]);
      tx.afterCommit(() => this.cache.drop());
    });
  }
}
