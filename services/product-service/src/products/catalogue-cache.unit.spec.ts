import { describe, expect, it } from '@jest/globals';
import { answerOf, CatalogueCache, type CachedAnswer } from './catalogue-cache.js';

const newCache = () => new CatalogueCache({ ttlMs: 60_000, maxBytes: 1_048_576 });

function counted(answer: CachedAnswer | null = answerOf('page')) {
  const loader = { loads: 0, load: async () => ((loader.loads += 1), answer) };
  return loader;
}

describe('the catalogue cache', () => {
  it('builds an answer once, also one that says that there is none', async () => {
    const cache = newCache();
    const page = counted();
    const missing = counted(null);
    for (const key of ['a', 'a']) await cache.get(key, page.load);
    for (const key of ['b', 'b']) expect(await cache.get(key, missing.load)).toBeNull();
    expect([page.loads, missing.loads]).toEqual([1, 1]);
  });

  it('makes one load of many at a time', async () => {
    const cache = newCache();
    const page = counted();
    await Promise.all(Array.from({ length: 10 }, async () => cache.get('a', page.load)));
    expect(page.loads).toBe(1);
  });

  it('forgets everything when it is dropped', async () => {
    const cache = newCache();
    const page = counted();
    await cache.get('a', page.load);
    cache.drop();
    await cache.get('a', page.load);
    expect(page.loads).toBe(2);
  });

  it('does not keep what was being read while a change was committed', async () => {
    const cache = newCache();
    const finish: ((answer: CachedAnswer) => void)[] = [];
    const slow = cache.get('a', () => new Promise((resolve) => finish.push(resolve)));
    cache.drop();
    const fresh = counted(answerOf('new'));
    await cache.get('a', fresh.load);
    finish[0]?.(answerOf('old'));
    await slow;
    expect((await cache.get('a', fresh.load))?.body.toString()).toBe('"new"');
  });

  it('keeps no failure', async () => {
    const cache = newCache();
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect((await cache.get('a', counted().load))?.body.toString()).toBe('"page"');
  });

  it('stays within its size', async () => {
    const cache = newCache();
    const big = counted({ body: Buffer.alloc(400_000), etag: '"x"' });
    for (const key of ['a', 'b', 'c', 'a']) await cache.get(key, big.load);
    expect(big.loads).toBe(4);
  });
});

it('an ETag begins with the version and changes with the bytes', () => {
  expect(answerOf({ stock: 1 }, 3n).etag).toMatch(/^"3-[\w-]{20}"$/);
  expect(answerOf({ stock: 1 }, 3n).etag).not.toBe(answerOf({ stock: 2 }, 3n).etag);
});
