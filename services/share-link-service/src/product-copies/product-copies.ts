import { Inject, Injectable } from '@nestjs/common';
import { productSchema } from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import { ShortLived } from '@reseller/runtime';
import { ProductClient } from '../clients/product.client.js';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { shownProductOf, type ShownProduct } from './product-copy.js';
import { ProductCopyRepository } from './product-copy.repository.js';

const PRODUCTS_MAX = 10_000;

/** Products as links show them: memory, then the own table, then product itself for one that it never heard of. */
@Injectable()
export class ProductCopies {
  private readonly shown: ShortLived<ShownProduct | null>;

  constructor(
    private readonly repository: ProductCopyRepository,
    private readonly client: ProductClient,
    private readonly database: Database,
    @Inject(CONFIG) config: ShareLinkServiceConfig,
  ) {
    this.shown = new ShortLived((productId) => this.load(productId), {
      max: PRODUCTS_MAX,
      ttlMs: config.LINK_CACHE_TTL,
    });
  }

  /** Null for a product that is unknown or deleted. */
  find(productId: string): Promise<ShownProduct | null> {
    return this.shown.get(productId);
  }

  /** For the consumer, after its commit. */
  changed(productId: string): void {
    this.shown.drop(productId);
  }

  private async load(productId: string): Promise<ShownProduct | null> {
    const stored = await this.repository.find(productId);
    if (stored !== undefined) return stored === null ? null : shownProductOf(stored);
    const answer = await this.client.findProduct(productId);
    if (answer === undefined) return null;
    const product = productSchema.parse(answer);
    await this.repository.store(this.database, product, BigInt(answer.version));
    return shownProductOf(product);
  }
}
