import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { Category } from './category.repository.js';

export interface CategoryFilter {
  /** Undefined: of any parent; null: roots. */
  readonly parentId: string | null | undefined;
  readonly businessId: string | null;
}

/** A tree is answered whole; a business with more categories than this has to read it level by level. */
const TREE_MAX = 5_000;

@Injectable()
export class CategoryQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async list(
    filter: CategoryFilter,
    page: { skip: number; take: number },
  ): Promise<{ categories: Category[]; total: number }> {
    const where = whereOf(filter);
    const [categories, total] = await Promise.all([
      this.database.prisma.category.findMany({ where, orderBy: [{ name: 'asc' }, { id: 'asc' }], ...page }),
      this.database.prisma.category.count({ where }),
    ]);
    return { categories, total };
  }

  all(businessId: string | null): Promise<Category[]> {
    const where = whereOf({ businessId, parentId: undefined });
    return this.database.prisma.category.findMany({ where, orderBy: [{ name: 'asc' }, { id: 'asc' }], take: TREE_MAX });
  }

  byId(id: string): Promise<Category | null> {
    return this.database.prisma.category.findUnique({ where: { id } });
  }
}

function whereOf({ parentId, businessId }: CategoryFilter) {
  return { ...(businessId === null ? {} : { businessId }), ...(parentId === undefined ? {} : { parentId }) };
}
