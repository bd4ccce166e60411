import { unprocessable } from '@reseller/runtime';

/** Levels, the root being the first: deeper trees help nobody, and rules by category walk up them. */
export const DEPTH_MAX = 6;

/** Where a category would go in the tree, as read under the tree's lock. */
export interface Placement {
  /** Ids from the root down to the new parent; empty at the root. */
  readonly parentPath: readonly string[];
  /** Levels from the category down to its deepest descendant, itself counted; 1 for one without children. */
  readonly height: number;
}

/** @throws 422 CATEGORY_CYCLE or CATEGORY_TOO_DEEP */
export function checkPlacement(categoryId: string, { parentPath, height }: Placement): void {
  if (parentPath.includes(categoryId)) {
    throw unprocessable('CATEGORY_CYCLE', 'A category cannot lie below itself.');
  }
  if (parentPath.length + height > DEPTH_MAX) {
    throw unprocessable('CATEGORY_TOO_DEEP', `Categories are at most ${DEPTH_MAX} levels deep.`);
  }
}

export interface TreeNode<T> {
  readonly category: T;
  readonly children: readonly TreeNode<T>[];
}

/** Nests a flat list. Categories whose parent is not in the list become roots, so that nothing is lost from sight. */
export function treeOf<T extends { readonly id: string; readonly parentId: string | null }>(
  categories: readonly T[],
): TreeNode<T>[] {
  const ids = new Set(categories.map(({ id }) => id));
  const childrenOf = new Map<string | null, T[]>();
  for (const category of categories) {
    const parentId = category.parentId !== null && ids.has(category.parentId) ? category.parentId : null;
    childrenOf.set(parentId, [...(childrenOf.get(parentId) ?? []), category]);
  }
  const nest = (parentId: string | null): TreeNode<T>[] =>
    (childrenOf.get(parentId) ?? []).map((category) => ({ category, children: nest(category.id) }));
  return nest(null);
}
