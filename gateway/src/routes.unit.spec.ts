import { describe, expect, it } from '@jest/globals';
import { entriesOf, ROUTES } from './routes.js';

describe('entriesOf', () => {
  it('lets a wildcard answer for its own root, unless a row names that root', () => {
    const [first] = ROUTES;
    if (first === undefined) throw new Error('there are routes');
    const wildcard = { ...first, methods: ['GET', 'POST'] as const, path: '/things/*' };
    const exact = { ...first, methods: ['POST'] as const, path: '/things' };
    const urls = entriesOf([wildcard, exact]).map(({ method, url, route }) => [method, url, route.path]);
    expect(urls).toEqual([
      ['GET', '/things', '/things/*'],
      ['GET', '/things/*', '/things/*'],
      ['POST', '/things/*', '/things/*'],
      ['POST', '/things', '/things'],
    ]);
  });

  it('names every method and path once', () => {
    const names = entriesOf(ROUTES).map(({ method, url }) => `${method} ${url}`);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  });
});

describe('the route table', () => {
  it('lets nothing through to what is inside', () => {
    for (const { path } of ROUTES) expect(path).not.toMatch(/internal|metrics|health/);
  });

  it('asks for ADMIN wherever a path says so', () => {
    for (const { path, who } of ROUTES.filter((row) => row.path.startsWith('/admin'))) {
      expect([path, who]).toEqual([path, ['ADMIN']]);
    }
  });
});
