import { Injectable } from '@nestjs/common';
import { Database, type ModelTx } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import type { PrismaClient } from '../generated/prisma/client.js';
import { categoryTreeLock } from '../products/product.repository.js';
import { conflictOf } from '../products/unique-conflict.js';

export type CategoryTx = ModelTx<PrismaClient>;

export interface Category {
  readonly id: string;
  readonly businessId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly slug: string;
  readonly description: string | null;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const HEIGHT = `
with recursive below as (
  select id, 1 as level from categories where id = $1::uuid
  union all
  select c.id, below.level + 1 from categories c join below on c.parent_id = below.id where below.level < 32
)
select max(level)::int as height from below`;

/** Products below a category get a new version, because the category path that their events carry has changed. */
const TOUCH_PRODUCTS_BELOW = `
with recursive below as (
  select id from categories where id = $1::uuid
  union
  select c.id from categories c join below on c.parent_id = below.id
)
update products set version = version + 1, updated_at = now()
where deleted_at is null and category_id in (select id from below) returning id`;

@Injectable()
export class CategoryRepository {
  constructor(private readonly database: Database<PrismaClient>) {}

  async transaction<T>(work: (tx: CategoryTx) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work, { timeoutMs: 30_000 });
    } catch (error) {
      throw conflictOf(error) ?? error;
    }
  }

  /** The business of a category that the caller may see. @throws 404 CATEGORY_NOT_FOUND */
  async businessOf(tx: CategoryTx, id: string, businessId: string | null): Promise<string> {
    const where = { id, ...(businessId === null ? {} : { businessId }) };
    const found = await tx.models.category.findFirst({ where, select: { businessId: true } });
    if (found === null) throw notFound('CATEGORY_NOT_FOUND', 'There is no such category.');
    return found.businessId;
  }

  /**
   * Changes of a business's tree wait for each other: two moves that are fine alone could make a cycle together. Taken
   * before any row of it is locked.
   */
  async lockTree(tx: CategoryTx, businessId: string): Promise<void> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1::text, 0)) is null as locked', [
      categoryTreeLock(businessId),
    ]);
  }

  /** @param businessId the one that the caller may see, null for all. @throws 404 CATEGORY_NOT_FOUND */
  async lock(tx: CategoryTx, id: string, businessId: string | null): Promise<Category> {
    const [locked] = await tx.query<{ id: string }>(
      `select id from categories where id = $1::uuid and ($2::uuid is null or business_id = $2::uuid) for update`,
      [id, businessId],
    );
    if (locked === undefined) throw notFound('CATEGORY_NOT_FOUND', 'There is no such category.');
    return tx.models.category.findUniqueOrThrow({ where: { id } });
  }

  findIn(tx: CategoryTx, id: string, businessId: string): Promise<Category | null> {
    return tx.models.category.findFirst({ where: { id, businessId } });
  }

  async heightOf(tx: CategoryTx, id: string): Promise<number> {
    const [row] = await tx.query<{ height: number | null }>(HEIGHT, [id]);
    return row?.height ?? 1;
  }

  async slugsLike(tx: CategoryTx, businessId: string, base: string): Promise<Set<string>> {
    const rows = await tx.models.category.findMany({
      where: { businessId, slug: { startsWith: base } },
      select: { slug: true },
    });
    return new Set(rows.map(({ slug }) => slug));
  }

  insert(tx: CategoryTx, category: Category): Promise<Category> {
    return tx.models.category.create({ data: category });
  }

  update(tx: CategoryTx, { id, businessId, ...columns }: Category): Promise<Category> {
    return tx.models.category.update({ where: { id, businessId }, data: columns });
  }

  async remove(tx: CategoryTx, id: string): Promise<void> {
    // Deleted products stay for history; they must not keep a category alive.
    await tx.models.product.updateMany({
      where: { categoryId: id, deletedAt: { not: null } },
      data: { categoryId: null },
    });
    await tx.models.category.delete({ where: { id } });
  }

  async usesOf(tx: CategoryTx, id: string): Promise<{ products: number; children: number }> {
    const products = await tx.models.product.count({ where: { categoryId: id, deletedAt: null } });
    const children = await tx.models.category.count({ where: { parentId: id } });
    return { products, children };
  }

  async touchProductsBelow(tx: CategoryTx, id: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(TOUCH_PRODUCTS_BELOW, [id]);
    return rows.map((row) => row.id);
  }
}
