import { describe, expect, it } from '@jest/globals';
import { checkPlacement, DEPTH_MAX, treeOf } from './category-tree.js';

describe('the place of a category', () => {
  it('may not be below itself', () => {
    expect(() => checkPlacement('a', { parentPath: ['x', 'a', 'y'], height: 1 })).toThrow('below itself');
  });

  it('counts what hangs below it', () => {
    const path = Array.from({ length: DEPTH_MAX - 2 }, (_, level) => `${level}`);
    expect(() => checkPlacement('a', { parentPath: path, height: 2 })).not.toThrow();
    expect(() => checkPlacement('a', { parentPath: path, height: 3 })).toThrow('levels deep');
  });
});

it('treeOf nests children and shows orphans at the root', () => {
  const tree = treeOf([
    { id: 'leaf', parentId: 'root' },
    { id: 'root', parentId: null },
    { id: 'orphan', parentId: 'not in the list' },
  ]);
  expect(tree.map(({ category, children }) => [category.id, children.map((child) => child.category.id)])).toEqual([
    ['root', ['leaf']],
    ['orphan', []],
  ]);
});
