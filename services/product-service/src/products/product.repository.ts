import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database, type ModelTx, type Sql } from '@reseller/persistence';
import { newId, notFound } from '@reseller/runtime';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
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

@Injectable()
export class ProductRepository {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** A unique key that is violated comes out as the 409 or 422 that it means. */
  async transaction<T>(work: (tx: CatalogueTx) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
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

  async load(tx: CatalogueTx, id: string): Promise<Product> {
    return toProduct(await tx.models.product.findUniqueOrThrow({ where: { id }, include: WITH_PARTS }));
  }

  async insert(tx: CatalogueTx, product: Product, actor: string): Promise<void> {
    await tx.models.product.create({ data: { id: product.id, businessId: product.businessId, ...columnsOf(product) } });
    await this.insertVariants(tx, product, product.variants, actor);
    await this.insertImages(tx, product);
  }

  /** Writes what differs; the version has been raised by the caller. */
  async update(tx: CatalogueTx, before: Product, after: Product, actor: string): Promise<void> {
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
      after,
      after.variants.filter(({ id }) => !known.has(id)),
      actor,
    );
    if (before.lowStockThreshold !== after.lowStockThreshold) {
      await tx.models.variant.updateMany({
        where: { productId: after.id },
        data: { lowStockThreshold: after.lowStockThreshold },
      });
    }
    if (before.images === after.images) return;
    await tx.models.productImage.deleteMany({ where: { productId: after.id } });
    await this.insertImages(tx, after);
  }

  /** The row stays for the orders and movements that name it; slug and SKUs are free again. */
  async remove(tx: CatalogueTx, product: Product, deletedAt: Date): Promise<void> {
    const data = { isActive: false, deletedAt, updatedAt: deletedAt };
    await tx.models.product.update({ where: { id: product.id }, data: { ...data, version: product.version } });
    await tx.models.variant.updateMany({ where: { productId: product.id }, data });
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

  async isBusinessActive(tx: CatalogueTx, id: string): Promise<boolean> {
    const business = await tx.models.business.findUnique({ where: { id } });
    return business?.isActive === true;
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

  private async insertVariants(
    tx: CatalogueTx,
    product: Product,
    variants: readonly Variant[],
    actor: string,
  ): Promise<void> {
    if (variants.length === 0) return;
    await tx.models.variant.createMany({
      data: variants.map((variant) => ({
        ...variantColumnsOf(variant, product),
        id: variant.id,
        productId: product.id,
        businessId: product.businessId,
        stock: variant.stock,
        lowStockThreshold: product.lowStockThreshold,
      })),
    });
    const stocked = variants.filter(({ stock }) => stock > 0);
    await tx.models.stockMovement.createMany({
      data: stocked.map(({ id, stock }) => ({
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

  private async insertImages(tx: CatalogueTx, { id: productId, images }: Product): Promise<void> {
    await tx.models.productImage.createMany({
      data: images.map(({ url, alt, isPrimary }, position) => ({
        id: newId(),
        productId,
        url,
        alt,
        isPrimary,
        position,
      })),
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
