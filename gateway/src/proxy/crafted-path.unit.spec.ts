import { describe, expect, it } from '@jest/globals';
import { isCraftedPath } from './crafted-path.js';

describe('isCraftedPath', () => {
  it.each(['/a/..', '/a/../b', '/a/./b', '/a/%2e%2e/b', '/a/.%2E', '/a\\b', '/a%5cb', '/a/..%2fb', '/a/b%2F..'])(
    'sees through %s',
    (path) => expect(isCraftedPath(path)).toBe(true),
  );

  it.each(['/a', '/a/b.c', '/a/...', '/a/.well-known', '/a/b..c', '/a?next=/../b', '/a/caf%C3%A9', '/a/50%25'])(
    'has nothing against %s',
    (path) => expect(isCraftedPath(path)).toBe(false),
  );
});
