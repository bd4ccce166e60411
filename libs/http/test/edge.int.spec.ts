import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSigner } from 'fast-jwt';
import { newId } from '@reseller/runtime';
import { chaosProxy, httpClient, TEST_IDENTITY, type ChaosProxy, type TestClient } from '@reseller/testing';
import { createServiceTokenSigner, HealthRegistry } from '../src/index.js';
import { startEdge, type Edge } from './edge-fixture.js';

const listen = async (listener: RequestListener): Promise<[Server, string]> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return [server, `http://127.0.0.1:${address.port}`];
};

describe("a service's edge", () => {
  let edge: Edge;
  let client: TestClient;
  let auth: Server;
  const account: { roles: string[]; isActive: boolean; businessId?: string | null } = {
    roles: ['ADMIN'],
    isActive: true,
  };
  let known = true;
  beforeAll(async () => {
    const [server, authUrl] = await listen((_request, response) => {
      response.statusCode = known ? 200 : 404;
      response.end(JSON.stringify(known ? account : { code: 'USER_NOT_FOUND', detail: 'No such user.' }));
    });
    auth = server;
    edge = await startEdge({ authUrl });
    client = httpClient(edge.url);
  });
  afterAll(async () => {
    await edge.close();
    auth.close();
    auth.closeAllConnections();
  });

  const admin = () => client.as({ userId: newId(), roles: ['ADMIN'] });

  describe('lets in', () => {
    it('nobody whom the gateway does not vouch for', async () => {
      for (const path of ['/me', '/guest', '/admin', '/internal/door']) {
        expect(await client.get(path)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
        expect((await client.get(path, { 'x-identity': 'nonsense', 'x-service-token': 'nonsense' })).status).toBe(401);
      }
      expect((await client.get('/open')).status).toBe(200);
    });

    it('anonymous callers only where it is public', async () => {
      expect((await client.anonymous().get('/me')).status).toBe(401);
      const { body } = await client.anonymous().get('/guest', { 'x-order-token': 'mine' });
      expect(body).toMatchObject({ isAnonymous: true, userId: null, orderToken: 'mine' });
    });

    it('people by their role', async () => {
      expect((await client.as({ userId: newId() }).get('/admin')).status).toBe(403);
      expect((await admin().get('/admin')).status).toBe(200);
    });

    it('the services that a route names, and never as a person', async () => {
      expect((await client.asService('order').get('/internal/door')).status).toBe(200);
      expect(await client.asService('wallet').get('/internal/door')).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
      expect((await client.asService('order').get('/me')).status).toBe(401);
      expect((await admin().get('/internal/door')).status).toBe(401);
      const forged = createServiceTokenSigner('order', 'another-secret-that-is-also-long-enough')();
      expect((await client.get('/internal/door', { 'x-service-token': forged })).status).toBe(401);
    });

    it('no identity that is too old, of another key or another kind', async () => {
      const claims = { sub: newId(), roles: ['ADMIN'], businessId: null, email: null, iss: 'reseller-gateway' };
      const nowS = Math.floor(Date.now() / 1_000);
      const pem = Buffer.from(TEST_IDENTITY.IDENTITY_PRIVATE_KEY, 'base64').toString('base64');
      const key = `-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----\n`;
      const sign = createSigner({ key, algorithm: 'EdDSA' });
      const hmac = createSigner({ key: TEST_IDENTITY.IDENTITY_PUBLIC_KEY, algorithm: 'HS256' });
      const statusOf = async (token: string) => (await client.get('/admin', { 'x-identity': token })).status;
      expect(await statusOf(sign({ ...claims, exp: nowS + 60 }))).toBe(200);
      expect(await statusOf(sign({ ...claims, exp: nowS - 200 }))).toBe(200);
      expect(await statusOf(sign({ ...claims, exp: nowS - 400 }))).toBe(401);
      expect(await statusOf(sign({ ...claims, exp: nowS + 60, iss: 'somebody' }))).toBe(401);
      expect(await statusOf(sign({ ...claims, exp: nowS + 60, roles: ['ROOT'] }))).toBe(401);
      expect(await statusOf(hmac({ ...claims, exp: nowS + 60 }))).toBe(401);
    });

    it('an administrator to money only while auth still knows one', async () => {
      expect((await client.as({ userId: newId() }).post('/payouts')).status).toBe(403);
      expect((await admin().post('/payouts')).status).toBe(200);
      account.isActive = false;
      expect((await admin().post('/payouts')).status).toBe(403);
      account.isActive = true;
      account.roles = ['CUSTOMER'];
      expect((await admin().post('/payouts')).status).toBe(403);
      account.roles = ['ADMIN'];
      account.businessId = newId();
      expect((await admin().post('/payouts')).status).toBe(403);
      const own = client.as({ userId: newId(), roles: ['ADMIN'], businessId: account.businessId });
      expect((await own.post('/payouts')).status).toBe(200);
      account.businessId = null;
      expect((await own.post('/payouts')).status).toBe(403);
      expect((await admin().post('/payouts')).status).toBe(200);
      known = false;
      expect((await admin().post('/payouts')).status).toBe(403);
      known = true;
    });
  });

  describe('answers', () => {
    it('an expected error with its code, details and request id', async () => {
      const id = newId();
      const { status, body, headers } = await client
        .anonymous()
        .get(`/things/${id}?secret=1`, { 'x-request-id': 'mine' });
      expect(status).toBe(410);
      expect(body).toEqual({
        type: 'urn:problem:link-gone',
        title: 'Gone',
        status: 410,
        detail: `${id} is gone.`,
        instance: `/things/${id}`,
        code: 'LINK_GONE',
        message: `${id} is gone.`,
        requestId: 'mine',
        details: { since: 'yesterday' },
      });
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('what is not valid with each place of it', async () => {
      const { status, body } = await client.as({ userId: newId() }).post('/things', { name: '', extra: 1 });
      expect(status).toBe(400);
      expect(body).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: expect.arrayContaining([expect.objectContaining({ path: 'name' })]),
      });
      expect((await client.anonymous().get('/things/not-an-id')).status).toBe(400);
    });

    it.each([
      ['broken JSON', '{"name":', 'application/json', 400],
      ['an empty body', '', 'application/json', 400],
      ['another type', '<a/>', 'text/xml', 415],
      ['plain text', 'name=x', 'text/plain', 415],
      ['null', 'null', 'application/json', 400],
      ['a poisoned prototype', '{"name":"x","__proto__":{"a":1}}', 'application/json', 400],
      ['too much', `{"name":"${'x'.repeat(1_100_000)}"}`, 'application/json', 413],
    ])('%s with a problem', async (_what, text, type, expected) => {
      const { status, body } = await client.as({ userId: newId() }).post('/things', text, { 'content-type': type });
      expect([status, body]).toMatchObject([expected, { status: expected }]);
    });

    it('an unknown path and a malformed one', async () => {
      expect(await client.get('/nowhere')).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
      expect(await client.get('/things/%zz')).toMatchObject({
        status: 400,
        body: { code: 'BAD_REQUEST', instance: '/' },
      });
    });

    it('an address that it cannot serve without repeating it', async () => {
      const long = 'x'.repeat(5_000);
      for (const path of [`/things/${long}`, `/things/%zz${long}`]) {
        const { status, body } = await client.get(path);
        expect([path, status]).toEqual([path, path.includes('%') ? 400 : 414]);
        expect(JSON.stringify(body)).not.toContain('xxx');
      }
      expect(JSON.stringify((await client.get('/nowhere?token=hunter2')).body)).not.toContain('hunter2');
    });

    it('a bug with nothing of its inside', async () => {
      const { status, body } = await client.as({ userId: newId() }).post('/things', { name: 'x', how: 'break' });
      expect([status, body]).toMatchObject([500, { code: 'INTERNAL_ERROR' }]);
      expect(JSON.stringify(body)).not.toMatch(/hunter2|select/);
    });

    it('503 with Retry-After', async () => {
      const { status, headers } = await client.get('/ill');
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    });

    it('only what the schema of the answer names', async () => {
      expect((await client.anonymous().get('/things/stripped')).body).toEqual({ seen: 'yes' });
    });

    it('a page beyond what may be skipped with the place of it', async () => {
      const at = (query: string) => client.anonymous().get(`/things?${query}`);
      expect((await at('page=10001&limit=100')).status).toBe(200);
      for (const query of ['page=10002&limit=100', 'page=1000000', 'page=1000000&limit=100']) {
        expect(await at(query)).toMatchObject({
          status: 400,
          body: { code: 'VALIDATION_FAILED', errors: [{ path: 'page', message: expect.stringContaining('1000000') }] },
        });
      }
      expect(await at('skip=')).toMatchObject({
        body: { errors: [{ path: 'skip', message: 'must be a whole number' }] },
      });
    });

    it('lists by either spelling of their page', async () => {
      const page = async (query: string) => (await client.anonymous().get(`/things?${query}`)).body;
      const sort = { field: 'createdAt', descending: true };
      expect(await page('')).toEqual({ skip: 0, take: 20, sort });
      expect(await page('page=3&limit=10')).toEqual({ skip: 20, take: 10, sort });
      expect(await page('skip=5&take=100&sort=name')).toEqual({
        skip: 5,
        take: 100,
        sort: { field: 'name', descending: false },
      });
      for (const wrong of [
        'take=0',
        'take=101',
        'skip=-1',
        'skip=x',
        'page=0',
        'sort=password',
        'take=1.5',
        'other=1',
        'take=1&take=2',
        'take=',
        'skip=',
        'skip=1e3',
        'skip=0x10',
        'skip=%205',
        'skip=1000001',
      ]) {
        expect([wrong, (await client.anonymous().get(`/things?${wrong}`)).status]).toEqual([wrong, 400]);
      }
    });
  });

  it('documents what it serves, and nothing of what is inside', async () => {
    const { body } = await client.get<{ paths: Record<string, unknown> }>('/openapi.json');
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/things', '/things/{id}', '/payouts']));
    expect(JSON.stringify(Object.keys(body.paths))).not.toMatch(/internal|health|metrics/);
  });
});

describe('health', () => {
  let edge: Edge;
  let proxy: ChaosProxy;
  beforeAll(async () => {
    const admin = new URL(process.env['DATABASE_ADMIN_URL'] ?? '');
    proxy = await chaosProxy({ host: admin.hostname, port: Number(admin.port || 5432) });
    edge = await startEdge({ databaseUrl: proxy.urlOf(admin.href) });
  });
  afterAll(async () => {
    await edge.close();
    await proxy.close();
  });

  it('tells alive from ready, and names what is missing', async () => {
    const client = httpClient(edge.url);
    const ready = () => client.get('/health/ready');
    expect(await ready()).toMatchObject({
      status: 200,
      body: { status: 'ok', dependencies: { database: { state: 'up' } } },
    });
    proxy.refuse();
    const down = await ready();
    expect(down).toMatchObject({
      status: 503,
      body: { status: 'unavailable', dependencies: { database: { state: 'down' } } },
    });
    expect(JSON.stringify(down.body)).not.toMatch(/postgres:|127\.0\.0\.1/);
    expect((await client.get('/health/live')).status).toBe(200);
    expect(await client.as({ userId: newId() }).post('/things', { name: 'x' })).toMatchObject({
      status: 503,
      body: { code: 'DATABASE_UNAVAILABLE' },
    });
    proxy.heal();
    expect((await client.get('/health')).status).toBe(200);

    const registry = edge.app.get(HealthRegistry, { strict: false });
    registry.add({ name: 'mail', required: false, check: () => Promise.reject(new Error('secret')) });
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'degraded' } });
    registry.drain();
    expect(await ready()).toMatchObject({ status: 503, body: { detail: 'shutting down' } });
  });
});
