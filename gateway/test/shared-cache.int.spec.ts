import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { sendRaw, startGateway, startUpstream, statusOfRaw, type Gateway, type Upstream } from './gateway-fixture.js';

describe('answers for everybody', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let version = 0;

  const answerWith = (headers: Record<string, string>, status = 200) => {
    upstream.answer = (_request, response) => {
      version += 1;
      const body = JSON.stringify({ version });
      const length = String(Buffer.byteLength(body));
      response
        .writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers })
        .end(body);
    };
  };
  const shared = { 'cache-control': 'public, max-age=0, s-maxage=5, must-revalidate', etag: '"v"' };
  const seen = async (path: string, headers: Record<string, string> = {}) =>
    (await gateway.client.get(path, headers)).body as { version: number };

  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await startGateway(upstream.url, {});
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });
  afterEach(() => {
    upstream.answer = undefined;
    upstream.arrivals.length = 0;
  });

  it('are given again for as long as the service says, with their age, and then asked for anew', async () => {
    answerWith({ ...shared, 'cache-control': 'public, s-maxage=1' });
    const first = await seen('/products/a');
    const { body, headers } = await gateway.client.get('/products/a');
    expect(body).toEqual(first);
    expect([headers.get('age'), headers.get('etag'), headers.get('content-type')]).toEqual([
      '0',
      '"v"',
      'application/json',
    ]);
    expect(headers.get('x-request-id')).not.toBeNull();
    expect(upstream.arrivals).toHaveLength(1);
    await eventually(async () => (await seen('/products/a')).version > first.version);
  });

  it('are 304 for who has them already', async () => {
    answerWith(shared);
    await seen('/products/b');
    // A browser's own question; `fetch` adds `no-cache` to such a request.
    const answer = await sendRaw(
      gateway.port,
      'GET /products/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: W/"v"\r\n\r\n',
    );
    expect(statusOfRaw(answer)).toBe(304);
    expect(answer.toLowerCase()).toContain('etag: "v"');
    expect(answer.split('\r\n\r\n')[1]).toBe('');
    expect(upstream.arrivals).toHaveLength(1);
  });

  it('are kept whole, also when the first who asks has them already', async () => {
    answerWith(shared);
    const revalidation = 'GET /products/f HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: "v"\r\n\r\n';
    expect(statusOfRaw(await sendRaw(gateway.port, revalidation))).toBe(304);
    expect(upstream.last().headers['if-none-match']).toBeUndefined();
    expect((await gateway.client.get('/products/f')).status).toBe(200);
    expect(upstream.arrivals).toHaveLength(1);
  });

  it('are one per path and query', async () => {
    answerWith(shared);
    const versions = [await seen('/products?take=1'), await seen('/products?take=2'), await seen('/products')];
    expect(new Set(versions.map((each) => each.version)).size).toBe(3);
  });

  it.each([
    ['says nothing of sharing', { 'cache-control': 'public, max-age=60' }, 200],
    ['is private', { 'cache-control': 'private, no-store, s-maxage=5' }, 200],
    ['depends on the asker', { ...shared, vary: 'accept-language' }, 200],
    ['is compressed', { ...shared, 'content-encoding': 'identity' }, 200],
    ['sets a cookie', { ...shared, 'set-cookie': 'a=b' }, 200],
    ['is a refusal', shared, 404],
  ])('are not kept where the answer %s', async (_what, headers, status) => {
    answerWith(headers, status);
    const path = `/products/${encodeURIComponent(_what)}`;
    expect((await seen(path)).version).toBeLessThan((await seen(path)).version);
  });

  it('are neither given to nor taken from who shows a token or wants it fresh', async () => {
    answerWith(shared);
    const first = await seen('/products/c');
    const signedIn = (await gateway.as('CUSTOMER').get('/products/c')).body as { version: number };
    expect(signedIn.version).toBeGreaterThan(first.version);
    expect((await seen('/products/c', { 'cache-control': 'no-cache' })).version).toBeGreaterThan(first.version);
    expect(await seen('/products/c')).toEqual(first);
  });

  it('stay where a POST only asks', async () => {
    answerWith(shared);
    const first = await seen('/products/q');
    expect((await gateway.client.post('/inventory/availability', { items: [] })).status).toBe(200);
    expect(await seen('/products/q')).toEqual(first);
  });

  it('are dropped by a change, also those that were being asked for meanwhile', async () => {
    answerWith(shared);
    const change = () => gateway.as('ADMIN').patch('/products/d', {});
    const first = await seen('/products/d');
    await change();
    const second = await seen('/products/d');
    expect(second.version).toBeGreaterThan(first.version);

    const slow: (() => void)[] = [];
    const atOnce = upstream.answer;
    upstream.answer = (request, response) => {
      if (request.method === 'GET') slow.push(() => atOnce?.(request, response, Buffer.alloc(0)));
      else atOnce?.(request, response, Buffer.alloc(0));
    };
    const asked = seen('/products/e');
    await eventually(() => slow.length === 1);
    await change();
    slow[0]?.();
    const stale = await asked;
    upstream.answer = atOnce;
    expect((await seen('/products/e')).version).toBeGreaterThan(stale.version);
  });
});
