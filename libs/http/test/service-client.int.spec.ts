import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { correlation, newTraceparent } from '@reseller/runtime';
import { eventually, TEST_IDENTITY } from '@reseller/testing';
import { createServiceTokenVerifier, ServiceClient } from '../src/index.js';

const SECRET = TEST_IDENTITY.INTERNAL_SERVICE_SECRET;
const answerSchema = z.object({ price: z.number() });

describe('ServiceClient', () => {
  let baseUrl: string;
  let seen: IncomingMessage[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let closeServer: () => void;
  const clients: ServiceClient[] = [];
  const client = (options: { baseUrl?: string; timeoutMs?: number } = {}): ServiceClient => {
    const made = new ServiceClient({ self: 'order', target: 'pricing', serviceSecret: SECRET, baseUrl, ...options });
    clients.push(made);
    return made;
  };

  beforeEach(async () => {
    seen = [];
    answer = (_request, response) => response.end('{"price":1}');
    const server = createServer((request, response) => {
      seen.push(request);
      request.resume();
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    baseUrl = `http://127.0.0.1:${address.port}`;
    closeServer = () => {
      server.close();
      server.closeAllConnections();
    };
  });
  afterEach(async () => {
    closeServer();
    await Promise.all(clients.splice(0).map((made) => made.close()));
  });

  const problem = (status: number, body: object | string) => (_request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

  it('says which service calls, and carries request and trace', async () => {
    const traceparent = newTraceparent();
    await correlation.run({ requestId: 'r-1', traceparent }, () => client().get('/internal/x', answerSchema));
    const [request] = seen;
    expect(createServiceTokenVerifier(SECRET)(String(request?.headers['x-service-token']))).toBe('order');
    expect(request?.headers['x-request-id']).toBe('r-1');
    expect(String(request?.headers['traceparent']).slice(0, 36)).toBe(traceparent.slice(0, 36));
  });

  it('passes a problem from below on as it is, once', async () => {
    answer = problem(409, { code: 'OUT_OF_STOCK', detail: 'None left.', details: { items: [1] } });
    const call = client().post('/internal/reservations', {}, answerSchema, { idempotent: true });
    await expect(call).rejects.toMatchObject({
      kind: 'conflict',
      code: 'OUT_OF_STOCK',
      message: 'None left.',
      details: { items: [1] },
    });
    expect(seen).toHaveLength(1);
  });

  it('finds undefined where there is nothing, and what stands in the way otherwise', async () => {
    expect(await client().find('/internal/x', answerSchema)).toEqual({ price: 1 });
    answer = problem(404, { code: 'PRODUCT_NOT_FOUND', detail: 'There is no such product.' });
    expect(await client().find('/internal/x', answerSchema)).toBeUndefined();
    answer = problem(410, { code: 'PRODUCT_GONE', detail: 'It was deleted.' });
    await expect(client().find('/internal/x', answerSchema)).rejects.toMatchObject({ code: 'PRODUCT_GONE' });
    answer = problem(404, 'not found');
    await expect(client().find('/internal/x', answerSchema)).rejects.toMatchObject({ kind: 'bad-gateway' });
  });

  it('says 504 when no answer comes in time, and does not ask again', async () => {
    answer = () => undefined;
    const call = client({ timeoutMs: 200 }).get('/internal/x', answerSchema);
    await expect(call).rejects.toMatchObject({ kind: 'timeout', code: 'UPSTREAM_TIMEOUT' });
    expect(seen).toHaveLength(1);
  });

  it('counts the wait for a free connection, and does not send what it gave up', async () => {
    answer = () => undefined;
    const startedAtMs = performance.now();
    const one = client({ timeoutMs: 300 });
    const calls = Array.from({ length: 100 }, (_, i) => one.post(`/internal/x/${i}`, {}, answerSchema));
    const ends = await Promise.allSettled(calls);
    expect(performance.now() - startedAtMs).toBeLessThan(1_500);
    for (const end of ends) expect(end).toMatchObject({ reason: { code: 'UPSTREAM_TIMEOUT' } });
    answer = (_request, response) => response.end('{"price":1}');
    const reached = seen.length;
    expect(reached).toBeLessThan(100);
    await eventually(async () => (await one.get('/internal/y', answerSchema)).price === 1, { timeoutMs: 5_000 });
    expect(seen.slice(reached).map(({ url }) => url)).toEqual(['/internal/y']);
  });

  it('does not wait longer for an answer that comes drop by drop', async () => {
    answer = (_request, response) => {
      response.write('{');
      const drops = setInterval(() => response.write(' '), 50);
      response.once('close', () => clearInterval(drops));
    };
    const call = client({ timeoutMs: 300 }).get('/internal/x', answerSchema);
    await expect(call).rejects.toMatchObject({ kind: 'timeout', code: 'UPSTREAM_TIMEOUT' });
  });

  it('says 503 when nobody is there', async () => {
    const call = client({ baseUrl: 'http://127.0.0.1:9' }).get('/internal/x', answerSchema);
    await expect(call).rejects.toMatchObject({ kind: 'unavailable', code: 'UPSTREAM_UNAVAILABLE' });
  });

  it.each([
    ['500', problem(500, { code: 'INTERNAL_ERROR', detail: 'x' })],
    ['no JSON', problem(200, '<html>')],
    ['another shape', problem(200, { price: 'dear' })],
    ['a problem that is none', problem(404, 'not found')],
  ])('says 502 to %s', async (_what, given) => {
    answer = given;
    await expect(client().get('/internal/x', answerSchema)).rejects.toMatchObject({
      kind: 'bad-gateway',
      code: 'UPSTREAM_FAILED',
    });
  });

  const breakOff = (request: IncomingMessage) => void request.socket.destroy();

  it('asks again only what may be repeated', async () => {
    const failTwice = (request: IncomingMessage, response: ServerResponse) =>
      seen.length < 3 ? breakOff(request) : response.end('{"price":2}');
    answer = failTwice;
    await expect(client().get('/internal/x', answerSchema)).resolves.toEqual({ price: 2 });
    expect(seen).toHaveLength(3);
    seen.length = 0;
    await expect(client().post('/internal/x', {}, answerSchema, { idempotent: true })).resolves.toEqual({ price: 2 });
    seen.length = 0;
    await expect(client().post('/internal/x', {}, answerSchema)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(seen).toHaveLength(1);
  });

  it('leaves a service alone that keeps failing, and tries again later', async () => {
    const one = client();
    const call = () => one.post('/internal/x', {}, answerSchema);
    answer = breakOff;
    for (let i = 0; i < 25; i += 1) await expect(call()).rejects.toMatchObject({ kind: 'unavailable' });
    const reached = seen.length;
    expect(reached).toBeLessThan(25);
    answer = (_request, response) => response.end('{"price":3}');
    await expect(call()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(seen).toHaveLength(reached);
    await eventually(async () => (await call()).price === 3, { timeoutMs: 5_000, intervalMs: 100 });
  });

  it('does not take refusals for illness', async () => {
    const one = client();
    answer = problem(422, { code: 'PRICE_BELOW_BASE', detail: 'Too low.' });
    for (let i = 0; i < 40; i += 1) await one.post('/internal/x', {}, answerSchema).catch(() => undefined);
    expect(seen).toHaveLength(40);
  });
});
