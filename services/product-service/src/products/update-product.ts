import { Inject, Injectable } from '@nestjs/common';
import { eventOf, ProductUpdated } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import type { Paise } from '@reseller/money';
import { CLOCK, newId, preconditionFailed, type Clock } from '@reseller/runtime';
import { adminActionEvent } from '../audit/admin-action.js';
import { CatalogueCache } from './catalogue-cache.js';
import { categoryUnknown, type CatalogueActor, type ImageDraft } from './create-product.js';
import { productFact } from './product-fact.js';
import { draftImages, mergeVariants, type Product, type VariantDraft } from './product.js';
import { ProductRepository, type CatalogueTx } from './product.repository.js';

/** What is undefined stays as it is; null clears. */
export interface ProductPatch {
  readonly name?: string | undefined;
  readonly slug?: string | undefined;
  readonly description?: string | null | undefined;
  readonly sku?: string | null | undefined;
  readonly basePricePaise?: Paise | undefined;
  readonly categoryId?: string | null | undefined;
  readonly hsn?: string | null | undefined;
  readonly taxRateBps?: number | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly isActive?: boolean | undefined;
  readonly lowStockThreshold?: number | undefined;
  /** By id, or new without one; variants that are not named stay. */
  readonly variants?: readonly VariantDraft[] | undefined;
  /** Replaces all images. */
  readonly images?: readonly ImageDraft[] | undefined;
}

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

  /** @throws 404 PRODUCT_NOT_FOUND; 412 VERSION_MISMATCH; 409 SLUG_TAKEN or SKU_TAKEN; 422 as in {@link mergeVariants}. */
  execute({ id, actor, expectedVersion, patch }: UpdateProductCommand): Promise<Product> {
    return this.products.transaction(async (tx) => {
      const before = await this.products.lock(tx, id, actor.businessId);
      refuseOtherVersion(before, expectedVersion);
      const after = await this.patched(tx, before, patch);
      await this.products.update(tx, before, after, actor.userId);
      const beforeFact = productFact(before, await this.products.categoryPath(tx, before.category?.id ?? null));
      const fact = productFact(after, await this.products.categoryPath(tx, after.category?.id ?? null));
      const { businessId, version, updatedAt: occurredAt } = after;
      await appendToOutbox(tx, [
        eventOf(ProductUpdated, {
          aggregateId: id,
          aggregateVersion: version,
          businessId,
          actor: actor.userId,
          occurredAt,
          data: fact,
        }),
        adminActionEvent({
          actorId: actor.userId,
          action: 'product.update',
          subjectType: 'product',
          subjectId: id,
          businessId,
          version,
          occurredAt,
          before: beforeFact,
          after: fact,
        }),
      ]);
      tx.afterCommit(() => this.cache.drop());
      return after;
    });
  }

  private async patched(tx: CatalogueTx, before: Product, patch: ProductPatch): Promise<Product> {
    const basePricePaise = patch.basePricePaise ?? before.basePricePaise;
    const slug = patch.slug ?? before.slug;
    return {
      ...before,
      name: patch.name ?? before.name,
      slug,
      description: kept(patch.description, before.description),
      sku: kept(patch.sku, before.sku),
      basePricePaise,
      category: await this.categoryAfter(tx, before, patch.categoryId),
      hsn: kept(patch.hsn, before.hsn),
      taxRateBps: kept(patch.taxRateBps, before.taxRateBps),
      tags: patch.tags ?? before.tags,
      isActive: patch.isActive ?? before.isActive,
      lowStockThreshold: patch.lowStockThreshold ?? before.lowStockThreshold,
      variants: mergeVariants(repriced(before, basePricePaise), patch.variants ?? [], { newId, slug, basePricePaise }),
      images: patch.images === undefined ? before.images : draftImages(patch.images),
      version: before.version + 1n,
      updatedAt: this.clock.now(),
    };
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

/** Without options the base price is the price: the default variant follows it. */
function repriced(before: Product, basePricePaise: Paise): Product['variants'] {
  if (basePricePaise === before.basePricePaise) return before.variants;
  return before.variants.map((variant) =>
    variant.isDefault && variant.pricePaise === before.basePricePaise
      ? { ...variant, pricePaise: basePricePaise }
      : variant,
  );
}

export function refuseOtherVersion(product: Product, expected: bigint | null): void {
  if (expected === null || expected === product.version) return;
  throw preconditionFailed('VERSION_MISMATCH', 'The product was changed meanwhile. Read it again.', {
    version: Number(product.version),
  });
}

const kept = <T>(patched: T | undefined, before: T): T => (patched === undefined ? before : patched);
