import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICE_NAMES } from '@reseller/contracts';
import { startGateway, startUpstream, type Gateway, type Upstream } from './gateway-fixture.js';

interface Health {
  readonly status: string;
  readonly services: Record<string, { status: string; latencyMs: number }>;
}

describe('what the gateway answers itself', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  const answer: Upstream['answer'] = (request, response) => {
    const document = { paths: { '/products': { get: { operationId: 'list' } } }, components: { schemas: {} } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/openapi.json' ? document : { status: 'ok' }));
  };
  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.answer = answer;
    gateway = await startGateway(upstream.url, { WALLET_SERVICE_URL: 'http://127.0.0.1:9' });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  it('shows the state and latency of every service', async () => {
    const { status, body } = await gateway.client.get<Health>('/health');
    expect([status, body.status]).toEqual([200, 'degraded']);
    expect(Object.keys(body.services)).toHaveLength(8);
    expect(body.services['product']?.status).toBe('ok');
    expect(body.services['wallet']?.status).toBe('unavailable');
    for (const { latencyMs } of Object.values(body.services)) expect(latencyMs).toBeGreaterThanOrEqual(0);
  });

  it('is alive and ready as long as it runs', async () => {
    expect((await gateway.client.get('/health/live')).body).toEqual({ status: 'ok', service: 'gateway' });
    expect((await gateway.client.get('/api/health/ready')).status).toBe(200);
  });

  it('names each dependency with its state, as every process does', async () => {
    upstream.answer = (_request, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'degraded' }));
    const redis = await startGateway(upstream.url, {
      WALLET_SERVICE_URL: 'http://127.0.0.1:9',
      REDIS_URL: 'redis://127.0.0.1:9',
    });
    const { status, body } = await redis.client.get<Health>('/health/ready');
    expect([status, body]).toEqual([
      200,
      {
        service: 'gateway',
        status: 'degraded',
        dependencies: {
          ...Object.fromEntries(
            SERVICE_NAMES.map((name) => [name, { state: name === 'wallet' ? 'down' : 'degraded' }]),
          ),
          redis: { state: 'degraded', detail: 'rate limits are not counted' },
        },
      },
    ]);
    await redis.close();
    upstream.answer = answer;
  });

  it('is unavailable when no service can be reached', async () => {
    const alone = await startGateway('http://127.0.0.1:9');
    const { status, body } = await alone.client.get<Health>('/health');
    expect([status, body.status]).toEqual([503, 'unavailable']);
    await alone.close();
  });

  it('keeps its metrics to the machine', async () => {
    expect((await gateway.client.get('/metrics')).status).toBe(200);
    expect((await gateway.client.get('/metrics', { 'x-forwarded-for': '127.0.0.1' })).status).toBe(404);
  });

  it('puts one OpenAPI document together from the services that answer', async () => {
    const { status, body } = await gateway.client.get('/openapi.json');
    expect(status).toBe(200);
    expect(body).toMatchObject({ openapi: '3.1.0', paths: { '/products': { get: { operationId: 'list' } } } });
    expect(JSON.stringify(body)).not.toContain('"name":"wallet"');
  });

  it('leads who opens its address to the documents', async () => {
    const { status, headers } = await fetch(`${gateway.url}/`, { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([302, '/docs']);
  });

  it('serves the documents as a page that runs under its own content security policy', async () => {
    const { status, headers, body } = await gateway.client.get<string>('/docs');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const files = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => String(file));
    expect(files).toHaveLength(4);
    for (const file of files) expect([file, (await gateway.client.get(file)).status]).toEqual([file, 200]);
    expect(body).not.toMatch(/<script>|https?:/);
    for (const file of ['package.json', '..%2fpackage.json', 'index.js']) {
      expect((await gateway.client.get(`/docs/${file}`)).status).toBe(404);
    }
  });
});
