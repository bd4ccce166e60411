import { Injectable } from '@nestjs/common';
import { DEFAULT_BUSINESS_ID, type ProductFact } from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import { productFact } from './product-fact.js';
import { searchSql, type ProductFilter } from './product-search.js';
import type { Product } from './product.js';
import { ProductRepository, toProduct, WITH_PARTS } from './product.repository.js';

/** Who looks: what they may see. */
export interface Viewer {
  readonly isAdmin: boolean;
  /** The one business that an administrator is limited to. */
  readonly businessId: string | null;
}

export const PUBLIC: Viewer = { isAdmin: false, businessId: null };

@Injectable()
export class ProductQueries {
  constructor(
    private readonly database: Database<PrismaClient>,
    private readonly products: ProductRepository,
  ) {}

  /** Ids by SQL that Prisma cannot express (full text, descendants), then whole products by its batched reads. */
  async list(filter: ProductFilter): Promise<{ products: Product[]; total: number }> {
    const { page, count, params } = searchSql(filter);
    const { prisma } = this.database;
    // Not through `database.query`: it names a prepared statement per text, and these texts are as many as the filters.
    const [ids, totals] = await Promise.all([
      prisma.$queryRawUnsafe<{ id: string }[]>(page, ...params),
      prisma.$queryRawUnsafe<{ total: bigint }[]>(count, ...params),
    ]);
    const rows = await prisma.product.findMany({ where: { id: { in: ids.map(({ id }) => id) } }, include: WITH_PARTS });
    const byId = new Map(rows.map((row) => [row.id, toProduct(row)]));
    const products = ids.flatMap(({ id }) => byId.get(id) ?? []);
    return { products, total: Number(totals[0]?.total ?? 0n) };
  }

  async byId(id: string, viewer: Viewer): Promise<Product | null> {
    const row = await this.database.prisma.product.findFirst({
      where: { id, ...visibleTo(viewer) },
      include: WITH_PARTS,
    });
    return row === null ? null : toProduct(row);
  }

  /** Slugs are unique in a business. Without one named the default business goes first, then the oldest product. */
  async bySlug(slug: string, viewer: Viewer, businessId: string | null): Promise<Product | null> {
    const rows = await this.database.prisma.product.findMany({
      where: { slug, ...visibleTo(viewer), ...(businessId === null ? {} : { businessId }) },
      include: WITH_PARTS,
      orderBy: { createdAt: 'asc' },
      take: 20,
    });
    const row = rows.find((candidate) => candidate.businessId === DEFAULT_BUSINESS_ID) ?? rows[0];
    return row === undefined ? null : toProduct(row);
  }

  /** How much there is in a business's catalogue, or in all: inactive products too, deleted ones not. */
  async catalogueCounts(businessId: string | null): Promise<{ products: number; categories: number }> {
    const where = businessId === null ? {} : { businessId };
    const [products, categories] = await Promise.all([
      this.database.prisma.product.count({ where: { ...where, deletedAt: null } }),
      this.database.prisma.category.count({ where }),
    ]);
    return { products, categories };
  }

  /** As events carry it, with the version that a copy is written at; inactive products too, deleted ones not. */
  async factById(id: string): Promise<(ProductFact & { version: number }) | null> {
    const product = await this.byId(id, { isAdmin: true, businessId: null });
    if (product === null) return null;
    const path = await this.products.categoryPath(this.database, product.category?.id ?? null);
    return { ...productFact(product, path), version: Number(product.version) };
  }
}

function visibleTo({ isAdmin, businessId }: Viewer) {
  if (!isAdmin) return { deletedAt: null, isActive: true };
  return { deletedAt: null, ...(businessId === null ? {} : { businessId }) };
}
