import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { sendRaw, startGateway, startUpstream, statusOfRaw, type Gateway, type Upstream } from './gateway-fixture.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

describe('the proxy', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await startGateway(upstream.url, { RATE_LIMIT_PAYMENTS_PER_MINUTE: '10000' });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });
  afterEach(() => {
    upstream.answer = undefined;
    upstream.atOnce = undefined;
    upstream.arrivals.length = 0;
  });

  const ODD = '{ "event" : "payment.captured",\n\t"note":"caf\\u00e9 \\ud83d\\ude00 é 😀" , "n": 1.50e0 }  \r\n';

  it.each(['/payments/webhook', '/webhooks/razorpay', '/orders/webhook/razorpay', '/payments', '/pricing/calculate'])(
    'passes the body of POST %s byte for byte',
    async (path) => {
      await gateway.client.post(path, ODD, { 'content-type': 'application/json', 'x-razorpay-signature': 'abc' });
      const { body, headers } = upstream.last();
      expect(body.equals(Buffer.from(ODD))).toBe(true);
      expect(headers['content-length']).toBe(String(Buffer.byteLength(ODD)));
      expect([headers['content-type'], headers['x-razorpay-signature']]).toEqual(['application/json', 'abc']);
    },
  );

  it('passes a chunked body byte for byte', async () => {
    const request = http.request(`${gateway.url}/payments/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    request.write(ODD.slice(0, 10));
    request.write(ODD.slice(10));
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(upstream.last().body.toString()).toBe(ODD);
  });

  it('passes a body of any or no content type', async () => {
    const answer = await sendRaw(
      gateway.port,
      'POST /pricing/calculate HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<a/>\n',
    );
    expect(statusOfRaw(answer)).toBe(200);
    expect(upstream.last().body.toString()).toBe('<a/>\n');
    await gateway.client.post('/pricing/calculate', 'plain', { 'content-type': 'text/plain' });
    expect(upstream.last().body.toString()).toBe('plain');
  });

  it.each([
    ['no length', ''],
    ['length 0', 'Content-Length: 0\r\n'],
  ])('passes a DELETE with a content type and %s as a request without body', async (_what, length) => {
    const answer = await sendRaw(
      gateway.port,
      `DELETE /orders/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n${length}\r\n`,
    );
    expect(statusOfRaw(answer)).toBe(200);
    const { headers, body } = upstream.last();
    expect([headers['content-type'], headers['transfer-encoding'], body.length]).toEqual([undefined, undefined, 0]);
  });

  it('passes compressed answers as they are', async () => {
    const bytes = gzipSync('x'.repeat(10_000));
    upstream.answer = (_request, response) => response.setHeader('content-encoding', 'gzip').end(bytes);
    const request = http.get(`${gateway.url}/products`, { headers: { 'accept-encoding': 'gzip' } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const received = Buffer.concat(await response.toArray());
    expect(upstream.last().headers['accept-encoding']).toBe('gzip');
    expect(received.equals(bytes)).toBe(true);
    expect(gunzipSync(received)).toHaveLength(10_000);
  });

  it.each([
    ['announced', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('passes a long body, %s, and a long answer byte for byte', async (_how, headers) => {
    const bytes = randomBytes(400_000);
    upstream.answer = (_request, response, body) => response.end(body);
    const request = http.request(`${gateway.url}/pricing/calculate`, { method: 'POST', headers });
    request.end(bytes);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(Buffer.concat(await response.toArray()).equals(bytes)).toBe(true);
    expect(upstream.last().body.equals(bytes)).toBe(true);
  });

  it('writes each request into the log under its own id', async () => {
    const lines: string[] = [];
    const logging = await startGateway(upstream.url, {}, lines);
    const ids = Array.from({ length: 6 }, (_, index) => `mine-${index}`);
    for (const id of ids) await logging.client.get('/products', { 'x-request-id': id });
    await Promise.all(ids.map((id) => logging.client.get('/products', { 'x-request-id': `${id}-too` })));
    await logging.close();
    const logged = lines
      .map((line) => JSON.parse(line) as { msg: string; requestId?: string })
      .filter(({ msg }) => msg === 'request')
      .map(({ requestId }) => requestId);
    expect(logged.sort()).toEqual(ids.flatMap((id) => [id, `${id}-too`]).sort());
  });

  it('streams an answer while it is still being made', async () => {
    let finish: () => void = () => undefined;
    upstream.answer = (_request, response) => {
      response.write('first');
      finish = () => response.end('second');
    };
    const request = http.get(`${gateway.url}/products`);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const [first] = (await once(response, 'data')) as [Buffer];
    expect(first.toString()).toBe('first');
    finish();
    expect(Buffer.concat(await response.toArray()).toString()).toBe('second');
  });

  it('passes status, headers and query string', async () => {
    upstream.answer = (_request, response) =>
      response.writeHead(422, { 'content-type': 'application/problem+json', etag: '"v1"' }).end('{"code":"X"}');
    const { status, headers, body } = await gateway.client.get('/products?search=a%20b&sort=-price&x=%E0');
    expect([status, headers.get('etag'), body]).toEqual([422, '"v1"', { code: 'X' }]);
    expect(upstream.last().url).toBe('/products?search=a%20b&sort=-price&x=%E0');
  });

  it('answers HEAD with the headers alone', async () => {
    upstream.answer = (_request, response) => response.writeHead(200, { 'content-length': '42' }).end();
    const response = await fetch(`${gateway.url}/products/blue-shirt`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '42', '']);
    expect(upstream.last().method).toBe('HEAD');
  });

  it('carries request id and trace', async () => {
    const { headers } = await gateway.client.get('/products', {
      'x-request-id': 'mine-1',
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
    });
    expect(headers.get('x-request-id')).toBe('mine-1');
    const arrived = upstream.last().headers;
    expect(arrived['x-request-id']).toBe('mine-1');
    expect(arrived['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(arrived['traceparent']).not.toContain('b7ad6b7169203331');
  });

  it('makes a request id where none or an unusable one came', async () => {
    const { headers } = await gateway.client.get('/products', { 'x-request-id': 'no spaces, please' });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(upstream.last().headers['x-request-id']).toBe(headers.get('x-request-id'));
  });

  it('answers under /api as well', async () => {
    await gateway.client.get('/api/products/1?x=1');
    expect(upstream.last().url).toBe('/products/1?x=1');
    for (const path of ['/apiproducts', '/api/api/products', '/api/nowhere']) {
      expect((await gateway.client.get(path)).status).toBe(404);
    }
  });

  describe('with crafted requests', () => {
    const raw = (path: string, headers = '', method = 'GET', body = '') =>
      sendRaw(gateway.port, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n${body}`);

    it.each([
      '/products/../internal/users',
      '/products/x\\..\\..\\internal\\users',
      '/products/%2e%2e/internal/users',
      '/products/..%2finternal/users',
      '/products/.%2E/metrics',
      '/products/x%5c..%5c..%5cmetrics',
      '/internal/users/1',
      '/api/internal/users/1',
      '//internal/users/1',
      '/INTERNAL/users',
      'http://evil.example/products/1',
      'http://a?/products/../internal/x',
      '/metrics/x',
      '/nowhere',
    ])('does not let %s through', async (path) => {
      const answer = await raw(path);
      expect(statusOfRaw(answer)).toBe(404);
      expect(answer).toContain('application/problem+json');
      expect(upstream.arrivals).toEqual([]);
    });

    it.each(['/%zz', '/products/%zz', '/products/%', '/%E0%A4%A'])('answers %s with 400', async (path) => {
      const answer = await raw(path);
      expect(statusOfRaw(answer)).toBe(400);
      expect(answer).toContain('application/problem+json');
    });

    it.each([
      ['no HTTP at all', 'hello\r\n\r\n', 400, 'BAD_REQUEST'],
      ['a method that there is not', 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'BAD_REQUEST'],
      ['a header that is none', 'GET / HTTP/1.1\r\nHost x\r\n\r\n', 400, 'BAD_REQUEST'],
      [
        'two lengths',
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
        400,
        'BAD_REQUEST',
      ],
      ['no host', 'GET /products HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
      ['endless headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ])('answers %s with a problem', async (_what, bytes, status, code) => {
      const answer = await sendRaw(gateway.port, bytes);
      expect(statusOfRaw(answer)).toBe(status);
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ status, code });
      expect(upstream.arrivals).toHaveLength(0);
    });

    it('answers a URL that is too long with 4xx', async () => {
      expect(statusOfRaw(await raw(`/products/${'a'.repeat(9_000)}`))).toBeLessThan(500);
      expect(statusOfRaw(await raw(`/products/${'a'.repeat(20_000)}`))).toBe(431);
      expect(statusOfRaw(await raw(`/docs/${'a'.repeat(9_000)}`))).toBeLessThan(500);
    });

    it.each([
      ['two lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n'],
      ['a length and chunks', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n'],
      ['an unknown transfer encoding', 'Transfer-Encoding: xchunked\r\n'],
      ['a bare line feed in a header', 'X-Order-Token: a\nX-Identity: b\r\n'],
      ['a NUL in a header', 'X-Order-Token: a\0b\r\n'],
    ])('refuses %s', async (_what, headers) => {
      expect(statusOfRaw(await raw('/pricing/calculate', headers, 'POST', 'abc'))).toBe(400);
      expect(upstream.arrivals).toEqual([]);
    });

    it.each([
      ['a body', 'Content-Length: 3\r\n', 'abc'],
      ['chunks', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n'],
      ['an upgrade', 'Upgrade: h2c\r\n', ''],
      ['a keep-alive', 'Keep-Alive: timeout=5\r\n', ''],
      ['an expectation', 'Expect: 100-continue\r\n', ''],
      ['trailers', 'TE: trailers\r\nTrailer: x\r\n', ''],
      ['another host', 'X-Forwarded-Host: evil.example\r\n', ''],
      ['bytes that are no ASCII', 'X-Order-Token: \xe9\xff\r\n', ''],
    ])('takes a GET with %s', async (_what, headers, body) => {
      expect(statusOfRaw(await raw('/products', headers, 'GET', body))).toBe(200);
    });

    it('closes the connection when the client asks for it', async () => {
      const startedMs = Date.now();
      const answer = await raw('/products');
      expect(answer).toMatch(/^connection: close\r$/im);
      expect(answer).not.toMatch(/keep-alive/i);
      expect(Date.now() - startedMs).toBeLessThan(2_000);
    });

    it('keeps its own headers when the client calls them hop-by-hop', async () => {
      await sendRaw(
        gateway.port,
        'GET /products HTTP/1.1\r\nHost: x\r\nX-Hop: 1\r\nConnection: close, X-Hop, x-identity, x-forwarded-for, x-request-id\r\n\r\n',
      );
      const { headers } = upstream.last();
      expect(headers['x-identity']).toBeDefined();
      expect(headers['x-forwarded-for']).toBe('127.0.0.1');
      expect(headers['x-request-id']).toBeDefined();
      expect(headers['x-hop']).toBeUndefined();
    });
  });

  it('outlives callers who hang up before their answer or within their body', async () => {
    const open: (() => void)[] = [];
    upstream.answer = (_request, response) => void open.push(() => response.end('late'));
    const requests = Array.from({ length: 20 }, () => {
      const request = http.get(`${gateway.url}/products`, { agent: false });
      request.on('error', () => undefined);
      return request;
    });
    await eventually(() => open.length === 20);
    for (const request of requests) request.destroy();
    for (const end of open) end();
    const broken = ['Content-Length: 100\r\n\r\nabc', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'].flatMap(
      (rest) =>
        ['/products', '/pricing/calculate', '/payments/webhook'].map(
          (path) => `POST ${path} HTTP/1.1\r\nHost: x\r\n${rest}`,
        ),
    );
    for (const start of [...broken, ...broken, ...broken]) {
      const socket = net.connect(gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(start, () => socket.resetAndDestroy());
    }
    upstream.answer = undefined;
    expect((await gateway.client.get('/products')).status).toBe(200);
    expect((await gateway.client.post('/pricing/calculate', {})).status).toBe(200);
  });
});
