import { describe, expect, it } from '@jest/globals';
import { mergeOpenApi, type OpenApiDocument } from './merge-openapi.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const document = (path: string, schemas: Record<string, unknown>, answer: string): OpenApiDocument => ({
  paths: { [path]: { get: { operationId: path, responses: { 200: ref(answer) } } } },
  components: { schemas },
});

describe('mergeOpenApi', () => {
  it('tags each operation with its service and sorts the paths', () => {
    const merged = mergeOpenApi(
      new Map([
        ['order', document('/orders', { Order: {} }, 'Order')],
        ['auth', document('/auth/me', { User: {} }, 'User')],
      ]),
      '/',
    );
    expect(Object.keys(merged.paths)).toEqual(['/auth/me', '/orders']);
    expect(merged.paths['/orders']).toMatchObject({ get: { tags: ['order'] } });
    expect(merged.tags).toEqual([{ name: 'order' }, { name: 'auth' }]);
  });

  it('keeps one copy of what services have in common', () => {
    const problem = { Problem: { type: 'object' } };
    const merged = mergeOpenApi(
      new Map([
        ['order', document('/orders', problem, 'Problem')],
        ['auth', document('/auth/me', problem, 'Problem')],
      ]),
      '/',
    );
    expect(Object.keys(merged.components.schemas)).toEqual(['Problem']);
  });

  it('renames a schema that another service has differently, and whatever refers to it', () => {
    const schemas = (item: object) => ({ Page: { items: ref('Item') }, Item: item, Other: { type: 'null' } });
    const merged = mergeOpenApi(
      new Map([
        ['order', document('/orders', schemas({ type: 'string' }), 'Page')],
        ['share-link', document('/share-links', schemas({ type: 'number' }), 'Page')],
      ]),
      '/',
    );
    expect(merged.components.schemas).toEqual({
      Page: { items: ref('Item') },
      Item: { type: 'string' },
      ShareLinkPage: { items: ref('ShareLinkItem') },
      ShareLinkItem: { type: 'number' },
      Other: { type: 'null' },
    });
    expect(merged.paths['/share-links']).toMatchObject({ get: { responses: { 200: ref('ShareLinkPage') } } });
    expect(merged.paths['/orders']).toMatchObject({ get: { responses: { 200: ref('Page') } } });
  });

  it('joins methods of one path that two services serve', () => {
    const merged = mergeOpenApi(
      new Map([
        ['order', { paths: { '/orders/{id}': { get: {} } } }],
        ['payment', { paths: { '/orders/{id}': { post: {} } } }],
      ]),
      '/',
    );
    expect(merged.paths['/orders/{id}']).toEqual({ get: { tags: ['order'] }, post: { tags: ['payment'] } });
  });
});
