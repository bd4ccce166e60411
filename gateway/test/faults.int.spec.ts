import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chaosProxy, eventually } from '@reseller/testing';
import { startGateway, startUpstream, type Gateway, type Upstream } from './gateway-fixture.js';

const NOBODY = 'http://127.0.0.1:9';

describe('when a service', () => {
  let upstream: Upstream;
  let gateway: Gateway | undefined;
  const start = async (env: Record<string, string>): Promise<Gateway> =>
    (gateway = await startGateway(upstream.url, env));
  beforeEach(async () => {
    upstream = await startUpstream();
  });
  afterEach(async () => {
    await gateway?.close();
    gateway = undefined;
    await upstream.close();
  });

  const elapsed = async <T>(work: Promise<T>): Promise<[T, number]> => {
    const startedMs = Date.now();
    return [await work, Date.now() - startedMs];
  };

  it('is down, its callers are told at once and the other services are not touched', async () => {
    const { client } = await start({ PRODUCT_SERVICE_URL: NOBODY });
    for (let i = 0; i < 15; i += 1) {
      const [{ status, body, headers }, tookMs] = await elapsed(client.get('/products'));
      expect([status, headers.get('retry-after')?.length]).toEqual([503, 1]);
      expect(body).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', status: 503, instance: '/products' });
      expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN|undici/);
      expect(tookMs).toBeLessThan(2_000);
    }
    expect((await client.post('/pricing/calculate', {})).status).toBe(200);
  });

  it('is silent, its callers are told in time', async () => {
    const proxy = await chaosProxy({ port: upstream.port });
    proxy.blackHole();
    const { client } = await start({
      PRODUCT_SERVICE_URL: `http://127.0.0.1:${proxy.port}`,
      UPSTREAM_TIMEOUT: '300ms',
    });
    const [{ status, body }, tookMs] = await elapsed(client.get('/products'));
    expect([status, body]).toMatchObject([504, { code: 'UPSTREAM_TIMEOUT', status: 504 }]);
    expect(tookMs).toBeLessThan(2_500);
    await proxy.close();
  });

  it('is down, who sent a body is told as well', async () => {
    const { client } = await start({ ORDER_SERVICE_URL: NOBODY });
    for (let i = 0; i < 15; i += 1) {
      const [{ status, body }, tookMs] = await elapsed(client.post('/orders', { items: [] }));
      expect([status, body]).toMatchObject([503, { code: 'UPSTREAM_UNAVAILABLE' }]);
      expect(tookMs).toBeLessThan(2_000);
    }
  });

  it('breaks off, nothing is sent twice', async () => {
    let seen = 0;
    upstream.atOnce = (request) => {
      seen += 1;
      request.socket.destroy();
      return true;
    };
    const { client } = await start({});
    expect((await client.post('/orders', {})).status).toBe(503);
    expect((await client.get('/products')).status).toBe(503);
    expect(seen).toBe(2);
  });

  it('answers 503 or 500 itself, that is passed on once and opens no breaker', async () => {
    const { client } = await start({});
    for (const status of [503, 500]) {
      upstream.answer = (_request, response) => response.writeHead(status, { 'retry-after': '0' }).end('{}');
      upstream.arrivals.length = 0;
      for (let i = 0; i < 12; i += 1) expect((await client.get('/products')).status).toBe(status);
      expect(upstream.arrivals).toHaveLength(12);
    }
    upstream.answer = undefined;
    expect((await client.get('/products')).status).toBe(200);
  });

  it('fails again and again, it is left alone for a while and then tried once', async () => {
    let connections = 0;
    let ill = true;
    upstream.atOnce = (request) => {
      connections += 1;
      if (ill) request.socket.destroy();
      return ill;
    };
    const { client } = await start({});
    for (let i = 0; i < 15; i += 1) await client.get('/products');
    const reached = connections;
    expect(reached).toBeLessThan(15);
    const { status, headers } = await client.get('/products');
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
    expect(connections).toBe(reached);
    ill = false;
    await eventually(async () => (await client.get('/products')).status === 200, { timeoutMs: 6_000 });
    expect((await client.get('/products')).status).toBe(200);
  });

  it('fails again and again, webhooks still get through to it', async () => {
    let ill = true;
    upstream.atOnce = (request) => {
      if (ill) request.socket.destroy();
      return ill;
    };
    const { client } = await start({ RATE_LIMIT_PAYMENTS_PER_MINUTE: '1000' });
    for (let i = 0; i < 15; i += 1) await client.post('/payments', {});
    for (let i = 0; i < 15; i += 1) await client.post('/payments/webhook', {});
    ill = false;
    expect((await client.post('/payments', {})).status).toBe(503);
    expect((await client.post('/payments/webhook', {})).status).toBe(200);
  });

  it('dies within its answer, the caller sees that it is not whole', async () => {
    const dieWithin = (length: string) => {
      upstream.answer = (_request, response) => {
        response.writeHead(200, { 'content-length': length }).write('half');
        setImmediate(() => response.socket?.destroy());
      };
    };
    const { url, client } = await start({});
    dieWithin('1000000');
    await expect(fetch(`${url}/products`).then((response) => response.text())).rejects.toThrow();
    dieWithin('1000');
    expect((await client.get('/products')).status).toBe(503);
    upstream.answer = undefined;
    expect((await client.get('/products')).status).toBe(200);
  });

  it('dies before the first byte of an answer without length, the caller is told, and nothing of the dead answer', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'set-cookie': 'a=b' }).flushHeaders();
      setImmediate(() => response.socket?.destroy());
    };
    const { client } = await start({});
    const { status, headers, body } = await client.get<{ code: string }>('/products');
    expect([status, body.code]).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
    expect([headers.get('content-encoding'), headers.get('set-cookie')]).toEqual([null, null]);
  });

  it('answers with a status that there is not, that is a bad gateway', async () => {
    upstream.atOnce = (request) => {
      request.socket.end('HTTP/1.1 700 Odd\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n');
      return true;
    };
    const { client } = await start({});
    expect((await client.get('/products')).status).toBe(502);
  });

  it('keeps callers waiting until they hang up, it is left alone as one that does not answer', async () => {
    upstream.answer = () => undefined;
    const { url } = await start({});
    const impatient = () => fetch(`${url}/products`, { signal: AbortSignal.timeout(1_300) }).catch(() => undefined);
    await Promise.all(Array.from({ length: 12 }, impatient));
    // The gateway hears of a hang-up a moment after the caller has hung up.
    await setTimeout(100);
    upstream.arrivals.length = 0;
    const answer = await fetch(`${url}/products`);
    expect([answer.status, upstream.arrivals.length]).toEqual([503, 0]);
  });

  it('has callers who do not read, the others are answered', async () => {
    const large = Buffer.alloc(8_000_000);
    upstream.answer = (request, response) => response.end(request.url === '/products/large' ? large : '{}');
    const { port, client } = await start({ UPSTREAM_TIMEOUT: '1s' });
    const lazy = Array.from({ length: 140 }, () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => undefined).pause();
      socket.write('GET /products/large HTTP/1.1\r\nHost: x\r\n\r\n');
      return socket;
    });
    try {
      await eventually(async () => (await client.get('/products')).status === 200, { timeoutMs: 15_000 });
    } finally {
      for (const socket of lazy) socket.destroy();
    }
  }, 30_000);

  it('is slow and the gateway is told to stop, the request under way is finished', async () => {
    let finish: (() => void) | undefined;
    upstream.answer = (_request, response) => void (finish ??= () => response.end('whole'));
    const stopping = await start({});
    const request = http.get(`${stopping.url}/products`);
    const response = once(request, 'response') as Promise<[http.IncomingMessage]>;
    await eventually(() => finish !== undefined);
    const closed = stopping.close();
    gateway = undefined;
    await eventually(() =>
      fetch(`${stopping.url}/products`).then(
        ({ status }) => status === 503,
        () => true,
      ),
    );
    finish?.();
    const [answer] = await response;
    expect(Buffer.concat(await answer.toArray()).toString()).toBe('whole');
    await closed;
  });
});
