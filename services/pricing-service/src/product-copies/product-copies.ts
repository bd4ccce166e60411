import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { productSchema } from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import { LOGGER, type Logger } from '@reseller/runtime';
import { NewestVersions } from '../caching/newest-versions.js';
import { ProductClient } from '../clients/product.client.js';
import { CONFIG, type PricingServiceConfig } from '../pricing-service.config.js';
import { pricedProductOf, type PricedProduct, type ProductCopy } from './product-copy.js';
import { ProductCopyRepository } from './product-copy.repository.js';

const COPIES_MAX = 20_000;
/** Product is asked about one product at most this often by this process, whatever is requested of us. */
const ASK_AGAIN_AFTER_MS = 1_000;

export interface WantedProduct {
  readonly productId: string;
  readonly variantId: string | null;
}

/**
 * Products as pricing knows them: memory, then the own table, and product itself only for what the copy cannot sell
 * (unknown, inactive, without that variant), because the event that says otherwise may still be on its way.
 */
@Injectable()
export class ProductCopies {
  private readonly memory: NewestVersions<ProductCopy>;
  private readonly asked = new LRUCache<string, Promise<ProductCopy | undefined>>({
    max: COPIES_MAX,
    ttl: ASK_AGAIN_AFTER_MS,
  });

  constructor(
    private readonly repository: ProductCopyRepository,
    private readonly client: ProductClient,
    private readonly database: Database,
    @Inject(CONFIG) config: PricingServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.memory = new NewestVersions({ max: COPIES_MAX, ttlMs: config.PRICING_CACHE_TTL });
  }

  /** Those of the wanted products that exist, by id. */
  async find(wanted: readonly WantedProduct[]): Promise<Map<string, PricedProduct>> {
    const copies = await this.copiesOf([...new Set(wanted.map(({ productId }) => productId))]);
    const doubtful = wanted.filter((one) => !canSell(copies.get(one.productId), one.variantId));
    await Promise.all(
      [...new Set(doubtful.map(({ productId }) => productId))].map(async (productId) => {
        const answer = await this.ask(productId, copies.get(productId));
        if (answer !== undefined) copies.set(productId, answer);
      }),
    );
    return new Map([...copies].flatMap(([id, { product }]) => (product === null ? [] : [[id, product] as const])));
  }

  /** For the consumer, after its commit: what was just heard is what the next quote uses. */
  heard(copy: ProductCopy): void {
    this.memory.keep(copy.productId, copy);
    this.asked.delete(copy.productId);
  }

  private async copiesOf(ids: readonly string[]): Promise<Map<string, ProductCopy>> {
    const found = new Map<string, ProductCopy>();
    for (const id of ids) {
      const copy = this.memory.get(id);
      if (copy !== undefined) found.set(id, copy);
    }
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    for (const copy of await this.repository.find(missing))
      found.set(copy.productId, this.memory.keep(copy.productId, copy));
    return found;
  }

  private async ask(productId: string, known: ProductCopy | undefined): Promise<ProductCopy | undefined> {
    let asking = this.asked.get(productId);
    if (asking === undefined) {
      asking = this.fetch(productId);
      this.asked.set(productId, asking);
      asking.catch(() => this.asked.delete(productId));
    }
    try {
      return await asking;
    } catch (error) {
      if (known === undefined) throw error;
      this.logger.warn({ err: error, productId }, 'product could not be asked, the copy decides');
      return known;
    }
  }

  private async fetch(productId: string): Promise<ProductCopy | undefined> {
    const answer = await this.client.findProduct(productId);
    if (answer === undefined) return undefined;
    const product = productSchema.parse(answer);
    const version = BigInt(answer.version);
    await this.repository.store(this.database, product, version);
    return this.memory.keep(productId, { productId, version, product: pricedProductOf(product) });
  }
}

/** False where asking product might change the answer. A deletion is final. */
function canSell(copy: ProductCopy | undefined, variantId: string | null): boolean {
  if (copy === undefined) return false;
  if (copy.product === null) return true;
  if (!copy.product.isActive) return false;
  return variantId === null
    ? copy.product.variants.some((variant) => variant.isActive)
    : copy.product.variants.some((variant) => variant.variantId === variantId && variant.isActive);
}
