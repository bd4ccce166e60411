import { z } from 'zod';
import { bodyText, isoInstant, pageQuery, queryFlag, shortText, uuid } from '@reseller/http';
import { slug } from '../products/products.schemas.js';
import type { TreeNode } from './category-tree.js';
import type { Category } from './category.repository.js';

export const createCategoryBody = z.strictObject({
  name: shortText(120),
  description: bodyText(5_000).nullish(),
  slug: slug().optional(),
  parentId: uuid().nullish(),
  businessId: uuid().optional(),
});
export type CreateCategoryBody = z.infer<typeof createCategoryBody>;

export const updateCategoryBody = z.strictObject({
  name: shortText(120).optional(),
  description: bodyText(5_000).nullish(),
  slug: slug().optional(),
  parentId: uuid().nullish(),
});
export type UpdateCategoryBody = z.infer<typeof updateCategoryBody>;

const { skip, take, page, limit } = pageQuery(['name']);
export const listCategoriesQuery = z.object({
  skip,
  take,
  page,
  limit,
  /** `root` for those without a parent. */
  parentId: z.union([uuid(), z.literal('root')]).optional(),
  businessId: uuid().optional(),
  tree: queryFlag().optional(),
});
export type ListCategoriesQuery = z.infer<typeof listCategoriesQuery>;

const category = z.object({
  id: uuid(),
  businessId: uuid(),
  parentId: uuid().nullable(),
  name: z.string(),
  slug: z.string(),
  description: z.string().nullable(),
  /** Also the ETag, for `If-Match`. */
  version: z.int(),
  createdAt: isoInstant(),
  updatedAt: isoInstant(),
});

export const categoryView = category.meta({ id: 'Category' });
export type CategoryView = z.infer<typeof categoryView>;

/** With `tree=true` each one carries what lies below it. */
export const listedCategoryView = category.extend({ children: z.array(z.unknown()).optional() });
export type ListedCategoryView = z.infer<typeof listedCategoryView>;

export function toCategoryView({
  id,
  businessId,
  parentId,
  name,
  slug: slugText,
  description,
  version,
  createdAt,
  updatedAt,
}: Category): CategoryView {
  return {
    id,
    businessId,
    parentId,
    name,
    slug: slugText,
    description,
    version: Number(version),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function toCategoryTreeView({ category: node, children }: TreeNode<Category>): ListedCategoryView {
  return { ...toCategoryView(node), children: children.map(toCategoryTreeView) };
}
