import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { chaosProxy, eventually } from '@reseller/testing';
import { sendRaw, startGateway, startUpstream, type Gateway, type Upstream } from './gateway-fixture.js';

const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

describe('limits', () => {
  let upstream: Upstream;
  const gateways: Gateway[] = [];
  const start = async (env: Record<string, string> = {}): Promise<Gateway> => {
    const gateway = await startGateway(upstream.url, env);
    gateways.push(gateway);
    return gateway;
  };
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterEach(async () => {
    upstream.arrivals.length = 0;
    upstream.atOnce = undefined;
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
  });
  afterAll(() => upstream.close());

  const statuses = async (calls: (() => Promise<{ status: number }>)[]): Promise<number[]> => {
    const answers: number[] = [];
    for (const call of calls) answers.push((await call()).status);
    return answers;
  };
  const times = <T>(count: number, call: () => T): (() => T)[] => Array.from({ length: count }, () => call);

  describe('on how often', () => {
    it('are told in headers, and in a problem once they are reached', async () => {
      const { client } = await start({ RATE_LIMIT_PER_MINUTE: '2' });
      const first = await client.get('/products');
      expect(first.headers.get('ratelimit-limit')).toBe('2');
      expect(first.headers.get('ratelimit-remaining')).toBe('1');
      expect(Number(first.headers.get('ratelimit-reset'))).toBeGreaterThan(50);
      await client.get('/categories');
      const { status, body, headers } = await client.get('/products/one');
      expect(status).toBe(429);
      expect(body).toMatchObject({ code: 'RATE_LIMITED', status: 429, instance: '/products/one' });
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
      expect(upstream.arrivals).toHaveLength(2);
    });

    it('are stricter for credentials, and one allowance for all of them', async () => {
      const gateway = await start({ RATE_LIMIT_CREDENTIALS_PER_MINUTE: '3' });
      const paths = ['/auth/login', '/auth/register', '/auth/reset-password', '/auth/login'];
      expect(await statuses(paths.map((path) => () => gateway.client.post(path, {})))).toEqual([200, 200, 200, 429]);
      expect((await gateway.as('CUSTOMER').post('/auth/change-password', {})).status).toBe(429);
      expect((await gateway.client.get('/products')).status).toBe(200);
    });

    it('are stricter for what moves money', async () => {
      const { client } = await start({ RATE_LIMIT_PAYMENTS_PER_MINUTE: '1' });
      const calls = ['/orders', '/payments', '/payments/verify'].map((path) => () => client.post(path, {}));
      expect(await statuses(calls)).toEqual([200, 429, 429]);
    });

    it('count people by account and strangers by address', async () => {
      const gateway = await start({ RATE_LIMIT_PER_MINUTE: '1', TRUSTED_PROXIES: '1' });
      const [one, other] = [gateway.as('CUSTOMER', newId()), gateway.as('CUSTOMER', newId())];
      const from = (address: string) => gateway.client.with({ 'x-forwarded-for': address });
      const calls = [one, one, other, from('203.0.113.1'), from('203.0.113.1'), from('203.0.113.2')];
      expect(await statuses(calls.map((client) => () => client.get('/products')))).toEqual([
        200, 429, 200, 200, 429, 200,
      ]);
    });

    it('count all addresses of an IPv6 subscriber as one', async () => {
      const gateway = await start({ RATE_LIMIT_PER_MINUTE: '1', TRUSTED_PROXIES: '1' });
      const from = (address: string) => () => gateway.client.get('/products', { 'x-forwarded-for': address });
      expect(await statuses([from('2001:db8::1'), from('2001:db8::2'), from('2001:db8:0:1::1')])).toEqual([
        200, 429, 200,
      ]);
    });

    it.each([
      ['unknown paths', '/nowhere', 404],
      ['crafted paths', '/products/..%2finternal/users', 404],
      ['who has not signed in', '/auth/me', 401],
      ['who may not', '/admin/orders', 403],
      ['the documents', '/docs', 200],
      ['a part of the documents', '/docs/start.js', 200],
      ['health', '/health', 200],
      ['readiness', '/health/ready', 200],
    ])('count %s by address', async (_what, path, status) => {
      const gateway = await start({ RATE_LIMIT_PER_MINUTE: '2', TRUSTED_PROXIES: '1' });
      const client = status === 403 ? gateway.as('CUSTOMER') : gateway.client;
      const from = (address: string) => client.get(path, { 'x-forwarded-for': address });
      expect(await statuses(times(3, () => from('203.0.113.1')))).toEqual([status, status, 429]);
      const { headers, body } = await from('203.0.113.1');
      expect(headers.get('ratelimit-limit')).toBe('2');
      expect(headers.get('ratelimit-remaining')).toBe('0');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
      expect(body).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
      expect((await from('203.0.113.2')).headers.get('ratelimit-remaining')).toBe('1');
      expect((await gateway.client.get('/products', { 'x-forwarded-for': '203.0.113.1' })).status).toBe(200);
    });

    it('let who has used up their own answers sign in again', async () => {
      const gateway = await start({ RATE_LIMIT_PER_MINUTE: '1' });
      expect(await statuses(times(2, () => gateway.client.get('/auth/me')))).toEqual([401, 429]);
      expect((await gateway.client.post('/auth/login', {})).status).toBe(200);
      expect((await gateway.as('CUSTOMER').get('/auth/me')).status).toBe(200);
    });

    it('count a request whose body is refused', async () => {
      const { client } = await start({ RATE_LIMIT_PER_MINUTE: '1', BODY_LIMIT_BYTES: '1024' });
      const calls = times(2, () => client.post('/pricing/calculate', 'x'.repeat(2000)));
      expect(await statuses(calls)).toEqual([413, 429]);
    });

    it('are no trouble with a caller who has gone before being counted', async () => {
      const lines: string[] = [];
      const gateway = await startGateway(upstream.url, {}, lines);
      gateways.push(gateway);
      for (const path of ['/pricing/calculate', '/auth/login', '/nowhere', '/auth/me']) {
        // The broken chunk closes the connection while the request's head is still being looked at.
        const answer = await sendRaw(
          gateway.port,
          `POST ${path} HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
        );
        expect(answer).toContain('HTTP/1.1 400');
      }
      expect((await gateway.client.get('/products')).status).toBe(200);
      expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
    });

    it('leave webhooks alone', async () => {
      const { client } = await start({ RATE_LIMIT_PER_MINUTE: '1', RATE_LIMIT_PAYMENTS_PER_MINUTE: '1' });
      const calls = times(5, () => client.post('/payments/webhook', {}));
      expect(await statuses(calls)).toEqual([200, 200, 200, 200, 200]);
      expect((await client.post('/payments/webhook', {})).headers.get('ratelimit-limit')).toBeNull();
    });

    it('are shared by instances with the same Redis', async () => {
      const env = {
        REDIS_URL,
        RATE_LIMIT_NAMESPACE: `test-${randomBytes(5).toString('hex')}:`,
        RATE_LIMIT_PER_MINUTE: '4',
      };
      const [one, other] = [await start(env), await start(env)];
      // The first requests may pass uncounted while the connection is being made.
      await eventually(async () => {
        const { headers } = await one.client.get('/products');
        return Number(headers.get('ratelimit-remaining')) <= 3 && headers.get('ratelimit-reset') !== '0';
      });
      await eventually(async () => (await other.client.get('/products')).headers.get('ratelimit-reset') !== '0');
      const calls = Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? one : other)).map(
        ({ client }) =>
          () =>
            client.get('/categories'),
      );
      const answers = await statuses(calls);
      expect(answers.slice(-4)).toEqual([429, 429, 429, 429]);
      expect(answers.filter((status) => status === 200).length).toBeLessThanOrEqual(2);
    });

    it('let everything pass while Redis is down, refused or silent', async () => {
      const { hostname, port } = new URL(REDIS_URL);
      const proxy = await chaosProxy({ host: hostname, port: Number(port || 6379) });
      const { client } = await start({
        REDIS_URL: proxy.urlOf(REDIS_URL),
        RATE_LIMIT_NAMESPACE: `test-${randomBytes(5).toString('hex')}:`,
        RATE_LIMIT_PER_MINUTE: '1',
      });
      await eventually(async () => (await client.get('/products')).status === 429);
      proxy.blackHole();
      const startedMs = Date.now();
      expect((await client.get('/products')).status).toBe(200);
      expect(Date.now() - startedMs).toBeLessThan(3_000);
      proxy.refuse();
      expect(await statuses(times(5, () => client.get('/products')))).toEqual([200, 200, 200, 200, 200]);
      proxy.heal();
      await eventually(async () => (await client.get('/products')).status === 429);
      await proxy.close();
    });
  });

  describe('on how much', () => {
    const LIMITS = { BODY_LIMIT_BYTES: '2000', WEBHOOK_BODY_LIMIT_BYTES: '1024' };
    const chunked = async (url: string, body: string) => {
      const headers = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' };
      const request = http.request(url, { method: 'POST', headers });
      request.on('error', () => undefined);
      for (let at = 0; at < body.length; at += 500) request.write(body.slice(at, at + 500));
      request.end();
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      const answer = Buffer.concat(await response.toArray()).toString();
      return { status: response.statusCode ?? 0, body: JSON.parse(answer) as unknown };
    };

    it.each([
      ['/pricing/calculate', 2000],
      ['/payments/webhook', 1024],
    ])('allow POST %s %i bytes', async (path, limitBytes) => {
      const { client, url } = await start(LIMITS);
      expect((await client.post(path, 'x'.repeat(limitBytes))).status).toBe(200);
      expect((await chunked(url + path, 'x'.repeat(limitBytes))).status).toBe(200);
      const arrived = upstream.arrivals.length;
      const problem = { status: 413, body: expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE', status: 413 }) };
      expect(await client.post(path, 'x'.repeat(limitBytes + 1))).toMatchObject(problem);
      expect(await chunked(url + path, 'x'.repeat(limitBytes + 1))).toMatchObject(problem);
      expect(upstream.arrivals).toHaveLength(arrived);
    });

    it('are larger, and counted apart, for routes that take files', async () => {
      const gateway = await start({ ...LIMITS, BULK_BODY_LIMIT_BYTES: '4000' });
      const admin = gateway.as('ADMIN');
      for (const path of ['/inventory/import', '/products/import', '/customers/bulk']) {
        expect((await admin.post(path, 'x'.repeat(4000))).status).toBe(200);
        expect((await admin.post(path, 'x'.repeat(4001))).status).toBe(413);
      }
      expect((await admin.post('/inventory/adjustments', 'x'.repeat(2001))).status).toBe(413);
      expect((await gateway.client.post('/inventory/import', 'x')).status).toBe(401);
      expect((await gateway.client.post('/inventory/availability', {})).status).toBe(200);
    });

    it('are no reason to think the service ill', async () => {
      const { client, url } = await start(LIMITS);
      const answers = await statuses(times(15, () => chunked(`${url}/pricing/calculate`, 'x'.repeat(3000))));
      expect(new Set(answers)).toEqual(new Set([413]));
      expect((await client.post('/pricing/calculate', {})).status).toBe(200);
    });
  });

  describe('of webhooks at once', () => {
    it('make them wait their turn in order, and go on when a sender has gone', async () => {
      const gateway = await start({ WEBHOOK_CONCURRENCY: '2' });
      const open: { body: string; end: () => void }[] = [];
      upstream.answer = (_request, response, body) =>
        void open.push({ body: body.toString(), end: () => response.end(body) });
      const leaving = new AbortController();
      const send = (body: string, signal?: AbortSignal) =>
        fetch(`${gateway.url}/payments/webhook`, { method: 'POST', body, ...(signal === undefined ? {} : { signal }) });
      const gone = send('gone', leaving.signal).catch(() => 'gone');
      await eventually(() => open.length === 1);
      const second = send('second');
      await eventually(() => open.length === 2);
      const third = send('third');
      leaving.abort();
      expect(await gone).toBe('gone');
      // Its sender gave up, so its place is free although the service has not answered yet.
      await eventually(() => open.length === 3);
      for (const { end } of open) end();
      expect([(await second).status, (await third).status]).toEqual([200, 200]);
      upstream.answer = undefined;
    });
  });

  describe('of browsers', () => {
    const preflight = (gateway: Gateway, origin: string) =>
      fetch(`${gateway.url}/orders`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });

    it('let listed origins in, on refusals too', async () => {
      const gateway = await start({ CORS_ORIGINS: 'https://shop.example, https://admin.example' });
      const allowed = await preflight(gateway, 'https://admin.example');
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://admin.example');
      expect(allowed.headers.get('access-control-allow-methods')).toContain('PATCH');
      expect(upstream.arrivals).toEqual([]);
      for (const [path, status] of [
        ['/products', 200],
        ['/wallets/mine', 401],
        ['/nowhere', 404],
      ] as const) {
        const answer = await gateway.client.get(path, { origin: 'https://shop.example' });
        expect(answer.status).toBe(status);
        expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
        expect(answer.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
      }
    });

    it('keep other origins out', async () => {
      const gateway = await start({ CORS_ORIGINS: 'https://shop.example' });
      const refused = await preflight(gateway, 'https://evil.example');
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
      const { headers } = await gateway.client.get('/products', { origin: 'https://shop.example.evil.example' });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    });

    it('set the headers that protect a page', async () => {
      const { client } = await start();
      for (const path of ['/products', '/wallets/mine', '/docs']) {
        const { headers } = await client.get(path);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
        expect(headers.get('strict-transport-security')).toContain('max-age');
        expect(headers.get('content-security-policy')).toContain("default-src 'self'");
        expect(headers.get('x-powered-by')).toBeNull();
      }
    });
  });
});
