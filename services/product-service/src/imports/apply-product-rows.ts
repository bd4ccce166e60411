import { Inject, Injectable } from '@nestjs/common';
import { ProductCreated, ProductUpdated } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { CLOCK, DomainError, newId, type Clock } from '@reseller/runtime';
import { CONFIG, type ProductServiceConfig } from '../product-service.config.js';
import { CatalogueCache } from '../products/catalogue-cache.js';
import { catalogueEvents, type CatalogueNews } from '../products/catalogue-events.js';
import { ProductRepository, type CatalogueTx } from '../products/product.repository.js';
import { freeSlug, slugOf } from '../products/slug.js';
import { productRow, type ProductRow } from './import-rows.schemas.js';
import type { ImportJob, ImportRow, RowOutcome } from './import.js';
import { ProductSheet, type SheetRow } from './product-sheet.js';
import { readRows, type ReadRow } from './read-rows.js';

const WHERE_SKUS_ARE = `
select product_id as id from variants
where business_id = $1::uuid and lower(sku) = any($2::text[]) and deleted_at is null
union
select id from products where business_id = $1::uuid and slug = any($3::text[]) and deleted_at is null`;

/** Those that a new slug could meet: the same beginning, alone or with a number. */
const TAKEN_SLUGS = `
select p.slug from products p join unnest($2::text[]) as base(slug)
  on p.slug = base.slug or p.slug like replace(base.slug, '_', '\\_') || '-%'
where p.business_id = $1::uuid and p.deleted_at is null`;

/** Products and variants from a file, by SKU: what exists is changed where it differs, what does not is made. */
@Injectable()
export class ApplyProductRows {
  constructor(
    private readonly products: ProductRepository,
    private readonly cache: CatalogueCache,
    @Inject(CONFIG) private readonly config: Pick<ProductServiceConfig, 'LOW_STOCK_THRESHOLD'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All rows are worked out in memory over products that are locked; then what is new goes in with one insert per table. */
  async execute(tx: CatalogueTx, job: ImportJob, rows: readonly ImportRow[]): Promise<RowOutcome[]> {
    const { read, refused } = readRows(productRow, rows);
    await this.products.holdCategories(tx, job.businessId);
    const sheet = await this.sheetOf(tx, job, read);
    const settled = read.map(({ line, value }) => this.settle(sheet, { line, row: value }));
    const { made, changed } = sheet.results();
    if (made.length > 0) await this.products.insertAll(tx, made, job.createdBy);
    await this.products.updateAll(tx, changed, job.createdBy);
    await this.tell(tx, { definition: ProductCreated, products: made, actor: job.createdBy });
    await this.tell(tx, {
      definition: ProductUpdated,
      products: changed.map(({ after }) => after),
      actor: job.createdBy,
    });
    if (made.length + changed.length > 0) tx.afterCommit(() => this.cache.drop());
    return [...refused, ...settled];
  }

  private async tell(tx: CatalogueTx, news: CatalogueNews): Promise<void> {
    await appendToOutbox(tx, await catalogueEvents(tx, this.products, news));
  }

  private async sheetOf(tx: CatalogueTx, job: ImportJob, read: readonly ReadRow<ProductRow>[]): Promise<ProductSheet> {
    const { businessId } = job;
    const values = read.map(({ value }) => value);
    const skuKeys = values.map(({ sku }) => sku.toLowerCase());
    const slugs = values.flatMap(({ slug }) => slug ?? []);
    const found = await tx.query<{ id: string }>(WHERE_SKUS_ARE, [businessId, skuKeys, slugs]);
    const products = await this.products.lockAll(
      tx,
      found.map(({ id }) => id),
      businessId,
    );
    const bases = values.flatMap(({ slug, name }) => (slug === undefined && name !== undefined ? slugBase(name) : []));
    const taken = await tx.query<{ slug: string }>(TAKEN_SLUGS, [businessId, [...new Set(bases)]]);
    const categories = await this.products.categoriesBySlug(
      tx,
      values.flatMap(({ category }) => category ?? []),
      businessId,
    );
    const takenSlugs = new Set(taken.map(({ slug }) => slug));
    return new ProductSheet(products, {
      businessId,
      categories: new Map(categories.map((category) => [category.slug, category])),
      slugFor: (name) => {
        const slug = freeSlug(slugBase(name), takenSlugs);
        takenSlugs.add(slug);
        return slug;
      },
      lowStockThreshold: this.config.LOW_STOCK_THRESHOLD,
      now: this.clock.now(),
      newId,
    });
  }

  private settle(sheet: ProductSheet, row: SheetRow): RowOutcome {
    const { line } = row;
    try {
      return { line, outcome: sheet.write(row) ? 'APPLIED' : 'UNCHANGED' };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const path = typeof error.details['path'] === 'string' ? error.details['path'] : 'sku';
      return { line, outcome: 'FAILED', errors: [{ path, code: error.code, message: error.message }] };
    }
  }
}

const slugBase = (name: string): string => slugOf(name) || 'product';
