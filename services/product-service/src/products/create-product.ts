import { Inject, Injectable } from '@nestjs/common';
import { adminAction, DEFAULT_BUSINESS_ID, eventOf, ProductCreated } from '@reseller/contracts';
import type { IdempotentStep } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { CLOCK, conflict, forbidden, newId, unprocessable, type Clock } from '@reseller/runtime';
import { Businesses } from '../businesses/businesses.js';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';
import { CatalogueCache } from './catalogue-cache.js';
import { productFact } from './product-fact.js';
import { newProduct, type ProductDraft } from './product-patch.js';
import type { Product } from './product.js';
import { ProductRepository, type CatalogueTx } from './product.repository.js';
import { freeSlug, slugOf } from './slug.js';

/** An administrator, and the one business they are limited to; null: all. */
export interface CatalogueActor {
  readonly userId: string;
  readonly businessId: string | null;
}

export interface CreateProductCommand extends ProductDraft {
  readonly id: string;
  readonly actor: CatalogueActor;
  readonly businessId?: string | undefined;
  readonly categoryId: string | null;
  /** Chosen by hand; without one it comes from the name. */
  readonly slug?: string | undefined;
  readonly lowStockThreshold?: number | undefined;
  /** Stores the answer for the request's idempotency key. */
  readonly remember: (tx: CatalogueTx, product: Product) => ReturnType<IdempotentStep['remember']>;
}

@Injectable()
export class CreateProduct {
  constructor(
    private readonly products: ProductRepository,
    private readonly businesses: Businesses,
    private readonly cache: CatalogueCache,
    @Inject(CONFIG) private readonly config: Pick<ProductServiceConfig, 'LOW_STOCK_THRESHOLD'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 409 SLUG_TAKEN or SKU_TAKEN; 422 CATEGORY_UNKNOWN, BUSINESS_UNKNOWN or what {@link newProduct} refuses. */
  async execute(command: CreateProductCommand): Promise<Product> {
    const businessId = businessOf(command.actor, command.businessId);
    await this.businesses.requireActive(businessId);
    return this.products.transaction(async (tx) => {
      if (command.categoryId !== null) await this.products.holdCategories(tx, businessId);
      const product = await this.draft(tx, command, businessId);
      await this.products.insert(tx, product, command.actor.userId);
      const fact = productFact(product, await this.products.categoryPath(tx, command.categoryId));
      const stamp = {
        aggregateId: product.id,
        aggregateVersion: product.version,
        businessId,
        occurredAt: product.createdAt,
      };
      await appendToOutbox(tx, [
        eventOf(ProductCreated, { ...stamp, actor: command.actor.userId, data: fact }),
        adminAction({
          actorId: command.actor.userId,
          action: 'product.create',
          subjectType: 'product',
          subjectId: product.id,
          businessId,
          occurredAt: product.createdAt,
          before: null,
          after: fact,
        }),
      ]);
      await command.remember(tx, product);
      tx.afterCommit(() => this.cache.drop());
      return product;
    });
  }

  private async draft(tx: CatalogueTx, command: CreateProductCommand, businessId: string): Promise<Product> {
    const category = await this.products.categoryOf(tx, command.categoryId, businessId);
    if (category === null && command.categoryId !== null) throw categoryUnknown();
    const slug = await this.slugFor(tx, command, businessId);
    return newProduct(command, {
      id: command.id,
      businessId,
      category,
      slug,
      lowStockThreshold: command.lowStockThreshold ?? this.config.LOW_STOCK_THRESHOLD,
      now: this.clock.now(),
      newId,
    });
  }

  /** A slug chosen by hand must be free; one that comes from the name takes the next free number. */
  private async slugFor(tx: CatalogueTx, { slug, name }: CreateProductCommand, businessId: string): Promise<string> {
    const base = slug ?? (slugOf(name) || 'product');
    const taken = await this.products.slugsLike(tx, businessId, base);
    if (slug === undefined) return freeSlug(base, taken);
    if (taken.has(slug)) throw conflict('SLUG_TAKEN', 'This slug is taken. Choose another one.');
    return slug;
  }
}

/** @throws 403 FORBIDDEN when the caller is limited to another business. */
export function businessOf(actor: CatalogueActor, named: string | undefined): string {
  if (actor.businessId !== null && named !== undefined && named !== actor.businessId) {
    throw forbidden('FORBIDDEN', 'You may only manage your own business.');
  }
  return actor.businessId ?? named ?? DEFAULT_BUSINESS_ID;
}

export const categoryUnknown = () => unprocessable('CATEGORY_UNKNOWN', 'The business has no such category.');
