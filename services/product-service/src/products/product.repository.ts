import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database, type ModelTx, type Sql, type TransactionOptions } from '@reseller/persistence';
import { newId, notFound } from '@reseller/runtime';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { crossesThreshold, type WatchedVariant } from '../stock/stock-low.js';
import { optionKeyOf, type Product, type Variant } from './product.js';
import { conflictOf } from './unique-conflict.js';

/** A transaction of the catalogue: Prisma's models and plain SQL. */
export type CatalogueTx = ModelTx<PrismaClient>;

export const WITH_PARTS = {
  category: { select: { id: true, name: true, slug: true } },
  variants: { where: { deletedAt: null }, orderBy: { position: 'asc' } },
  images: { orderBy: { position: 'asc' } },
} satisfies Prisma.ProductInclude;

type ProductRow = Prisma.ProductGetPayload<{ include: typeof WITH_PARTS }>;

const optionValuesSchema = z.array(z.object({ optionName: z.string(), value: z.string() }));

export function toProduct(row: ProductRow): Product {
  return {
    ...row,
    variants: row.variants.map((variant) => ({
      ...variant,
      optionValues: optionValuesSchema.parse(variant.optionValues),
    })),
  };
}

const CATEGORY_PATH = `
with recursive path as (
  select id, parent_id, 1 as distance from categories where id = $1::uuid
  union all
  select c.id, c.parent_id, path.distance + 1 from categories c join path on c.id = path.parent_id where path.distance < 32
)
select id from path order by distance desc`;

/** Locked in id order, as by everything that changes variants. */
const MOVE_THRESHOLDS = `
with locked as materialized (
  select id from variants
  where product_id = $1::uuid and low_stock_threshold = $2::int and deleted_at is null order by id for no key update
), changed as (
  update variants v
  set low_stock_threshold = $3::int, settings_version = v.settings_version + 1, version = v.version + 1
  from locked where v.id = locked.id
  returning v.*
)
select c.id as "variantId", c.product_id as "productId", c.business_id as "businessId", c.sku, p.name as "productName",
  c.name as "variantName", c.low_stock_threshold as "lowStockThreshold", c.stock - c.reserved as available, c.version
from changed c join products p on p.id = c.product_id`;

/** A variant of which what is available counts as low now. */
export interface VariantBecomeLow extends WatchedVariant {
  readonly available: number;
  readonly version: bigint;
}

export interface ProductChange {
  readonly before: Product;
  readonly after: Product;
}

/** Those that the change writes; all, where they follow the product's threshold. */
function variantsToLock({ before, after }: ProductChange): string[] {
  const known = new Map(before.variants.map((variant) => [variant.id, variant]));
  const isMoved = before.lowStockThreshold !== after.lowStockThreshold;
  return after.variants
    .filter((variant) => known.has(variant.id) && (isMoved || known.get(variant.id) !== variant))
    .map(({ id }) => id);
}

/** Names what those who move categories of a business and those who put products into them wait for each other by. */
export const categoryTreeLock = (businessId: string): string => `categories:${businessId}`;

@Injectable()
export class ProductRepository {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** A unique key that is violated comes out as the 409 or 422 that it means. */
  async transaction<T>(work: (tx: CatalogueTx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    try {
      return await this.database.transaction(work, options);
    } catch (error) {
      throw conflictOf(error) ?? error;
    }
  }

  /**
   * The live product, locked against other changes of the catalogue.
   *
   * @param businessId the one business that the caller may see, null for all
   * @throws 404 PRODUCT_NOT_FOUND
   */
  async lock(tx: CatalogueTx, id: string, businessId: string | null): Promise<Product> {
    const [locked] = await tx.query<{ id: string }>(
      `select id from products
       where id = $1::uuid and deleted_at is null and ($2::uuid is null or business_id = $2::uuid) for update`,
      [id, businessId],
    );
    if (locked === undefined) throw notFound('PRODUCT_NOT_FOUND', 'There is no such product.');
    return this.load(tx, id);
  }

  /** Those of the business's live products, locked in id order against other changes of the catalogue. */
  async lockAll(tx: CatalogueTx, ids: readonly string[], businessId: string): Promise<Product[]> {
    if (ids.length === 0) return [];
    const locked = await tx.query<{ id: string }>(
      `select id from products where id = any($1::uuid[]) and business_id = $2::uuid and deleted_at is null
       order by id for update`,
      [[...ids], businessId],
    );
    return this.loadAll(
      tx,
      locked.map(({ id }) => id),
    );
  }

  async loadAll(tx: CatalogueTx, ids: readonly string[]): Promise<Product[]> {
    const rows = await tx.models.product.findMany({ where: { id: { in: [...ids] } }, include: WITH_PARTS });
    return rows.map(toProduct);
  }

  async load(tx: CatalogueTx, id: string): Promise<Product> {
    return toProduct(await tx.models.product.findUniqueOrThrow({ where: { id }, include: WITH_PARTS }));
  }

  async insert(tx: CatalogueTx, product: Product, actor: string): Promise<void> {
    await this.insertAll(tx, [product], actor);
  }

  /** As many statements for many as for one. */
  async insertAll(tx: CatalogueTx, products: readonly Product[], actor: string): Promise<void> {
    await tx.models.product.createMany({
      data: products.map((product) => ({ id: product.id, businessId: product.businessId, ...columnsOf(product) })),
    });
    await this.insertVariants(
      tx,
      products.flatMap((product) => product.variants.map((variant) => ({ product, variant }))),
      actor,
    );
    await this.insertImages(tx, products);
  }

  /** Writes what differs; the versions have been raised by the caller. */
  async updateAll(tx: CatalogueTx, changes: readonly ProductChange[], actor: string): Promise<void> {
    await this.lockVariants(tx, changes.flatMap(variantsToLock));
    for (const change of changes) await this.update(tx, change, actor);
  }

  private async update(tx: CatalogueTx, { before, after }: ProductChange, actor: string): Promise<void> {
    await tx.models.product.update({
      where: { id: after.id },
      data: { ...columnsOf(after), version: after.version, updatedAt: after.updatedAt },
    });
    const known = new Map(before.variants.map((variant) => [variant.id, variant]));
    for (const variant of after.variants) {
      const isChanged = known.has(variant.id) && known.get(variant.id) !== variant;
      // Never stock or reserved: those belong to the ledger and may have moved since they were read.
      if (isChanged)
        await tx.models.variant.update({ where: { id: variant.id }, data: variantColumnsOf(variant, after) });
    }
    await this.insertVariants(
      tx,
      after.variants.filter(({ id }) => !known.has(id)).map((variant) => ({ product: after, variant })),
      actor,
    );
    if (before.images === after.images) return;
    await tx.models.productImage.deleteMany({ where: { productId: after.id } });
    await this.insertImages(tx, [after]);
  }

  /**
   * Variants that followed their product's threshold follow it further; one that was given its own keeps it.
   *
   * @returns those of which enough was available before, and now is not
   */
  async moveThresholds(tx: CatalogueTx, before: Product, after: Product): Promise<VariantBecomeLow[]> {
    if (before.lowStockThreshold === after.lowStockThreshold) return [];
    const moved = await tx.query<VariantBecomeLow>(MOVE_THRESHOLDS, [
      after.id,
      before.lowStockThreshold,
      after.lowStockThreshold,
    ]);
    return moved.filter(({ available }) =>
      crossesThreshold(available, before.lowStockThreshold, after.lowStockThreshold),
    );
  }

  /** The row stays for the orders and movements that name it; slug and SKUs are free again. */
  async remove(tx: CatalogueTx, product: Product, deletedAt: Date): Promise<void> {
    const data = { isActive: false, deletedAt, updatedAt: deletedAt };
    await this.lockVariants(
      tx,
      product.variants.map(({ id }) => id),
    );
    await tx.models.product.update({ where: { id: product.id }, data: { ...data, version: product.version } });
    await tx.models.variant.updateMany({ where: { productId: product.id }, data });
  }

  /**
   * Until the transaction ends no category of the business moves: a product that is just being put into one is not seen
   * by the move, which would not tell of it. Taken before any row is locked, as by those who move categories.
   */
  async holdCategories(tx: CatalogueTx, businessId: string): Promise<void> {
    await tx.query('select pg_advisory_xact_lock_shared(hashtextextended($1::text, 0)) is null as locked', [
      categoryTreeLock(businessId),
    ]);
  }

  async businessOf(tx: CatalogueTx, productId: string): Promise<string | undefined> {
    const found = await tx.models.product.findUnique({ where: { id: productId }, select: { businessId: true } });
    return found?.businessId;
  }

  /** Category ids from the root down to this one; empty without a category. */
  async categoryPath(sql: Sql, categoryId: string | null): Promise<string[]> {
    if (categoryId === null) return [];
    const rows = await sql.query<{ id: string }>(CATEGORY_PATH, [categoryId]);
    return rows.map(({ id }) => id);
  }

  /** A category of the business, null where it has none such; it cannot be deleted before the transaction ends. */
  async categoryOf(tx: CatalogueTx, id: string | null, businessId: string): Promise<Product['category']> {
    if (id === null) return null;
    const [category] = await tx.query<NonNullable<Product['category']>>(
      'select id, name, slug from categories where id = $1::uuid and business_id = $2::uuid for key share',
      [id, businessId],
    );
    return category ?? null;
  }

  /** The business's categories of these slugs; they cannot be deleted before the transaction ends. */
  categoriesBySlug(
    tx: CatalogueTx,
    slugs: readonly string[],
    businessId: string,
  ): Promise<NonNullable<Product['category']>[]> {
    return tx.query(
      `select id, name, slug from categories where slug = any($1::text[]) and business_id = $2::uuid
       order by id for key share`,
      [[...slugs], businessId],
    );
  }

  /** The slugs of a business that begin like this one. Serialises those who choose a suffix for the same beginning. */
  async slugsLike(tx: CatalogueTx, businessId: string, base: string): Promise<Set<string>> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1::text, 0)) is null as locked', [
      `slug:${businessId}:${base}`,
    ]);
    const rows = await tx.models.product.findMany({
      where: { businessId, deletedAt: null, slug: { startsWith: base } },
      select: { slug: true },
    });
    return new Set(rows.map(({ slug }) => slug));
  }

  /**
   * In id order, all at once and before the first is written: an order that reserves several variants takes them in that
   * order too, so the two never wait for each other in a circle. The whole row, because a new combination of options
   * changes a unique key, and a lock that is raised later would be taken out of order.
   */
  private async lockVariants(tx: CatalogueTx, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.query('select id from variants where id = any($1::uuid[]) order by id for update', [[...ids]]);
  }

  private async insertVariants(
    tx: CatalogueTx,
    added: readonly { readonly product: Product; readonly variant: Variant }[],
    actor: string,
  ): Promise<void> {
    if (added.length === 0) return;
    await tx.models.variant.createMany({
      data: added.map(({ product, variant }) => ({
        ...variantColumnsOf(variant, product),
        id: variant.id,
        productId: product.id,
        businessId: product.businessId,
        stock: variant.stock,
        lowStockThreshold: product.lowStockThreshold,
      })),
    });
    await tx.models.stockMovement.createMany({
      data: added
        .filter(({ variant: { stock } }) => stock > 0)
        .map(({ product, variant: { id, stock } }) => ({
          id: newId(),
          variantId: id,
          kind: 'INITIAL',
          delta: stock,
          stockAfter: stock,
          referenceType: 'PRODUCT',
          referenceId: product.id,
          actor,
        })),
    });
  }

  private async insertImages(tx: CatalogueTx, products: readonly Product[]): Promise<void> {
    await tx.models.productImage.createMany({
      data: products.flatMap(({ id: productId, images }) =>
        images.map(({ url, alt, isPrimary }, position) => ({ id: newId(), productId, url, alt, isPrimary, position })),
      ),
    });
  }
}

function columnsOf(product: Product) {
  const { name, slug, description, sku, basePricePaise, hsn, taxRateBps, isActive, lowStockThreshold } = product;
  const skus = [sku, ...product.variants.map((variant) => variant.sku)];
  return {
    name,
    slug,
    description,
    sku,
    skuWords: skus.filter((word) => word !== null).join(' '),
    basePricePaise,
    hsn,
    taxRateBps,
    tags: [...product.tags],
    isActive,
    lowStockThreshold,
    categoryId: product.category?.id ?? null,
  };
}

function variantColumnsOf(variant: Variant, { updatedAt }: Product) {
  const { sku, name, pricePaise, mrpPaise, weightGrams, imageUrl, optionValues, isDefault, isActive, position } =
    variant;
  return {
    sku,
    name,
    pricePaise,
    mrpPaise,
    weightGrams,
    imageUrl,
    optionValues: optionValues.map(({ optionName, value }) => ({ optionName, value })),
    optionKey: optionKeyOf(optionValues),
    isDefault,
    isActive,
    position,
    updatedAt,
  };
}
