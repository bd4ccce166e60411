import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually, httpClient, type TestClient, type TestEventStream } from '@reseller/testing';
import { accessToken, startGateway, startUpstream, type Gateway, type Upstream } from './gateway-fixture.js';

const ORDER = '/orders/0195f000-0000-7000-8000-00000000000a/stream';

describe('streams of events', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let streaming: ServerResponse[] = [];

  const beginStream = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    response.write('retry: 2000\n\n');
    streaming.push(response);
  };
  const only = (): ServerResponse => {
    const [response] = streaming;
    if (response === undefined) throw new Error('nobody has come');
    return response;
  };
  /** Waits for the place of one that has gone. */
  const opened = (client: TestClient, path: string): Promise<TestEventStream> =>
    eventually(async () => {
      const stream = await client.stream(path);
      if (stream.status !== 200) throw new Error(`answered ${stream.status}`);
      return stream;
    });
  const say = (id: number): void => void only().write(`id: ${id}\nevent: said\ndata: {}\n\n`);

  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await startGateway(upstream.url, { UPSTREAM_TIMEOUT: '300ms', STREAMS_MAX: '2' });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });
  afterEach(async () => {
    const open = streaming.filter(({ closed }) => !closed);
    const closed = Promise.all(open.map((response) => once(response, 'close')));
    for (const response of open) response.end();
    await closed;
    streaming = [];
    upstream.answer = undefined;
    upstream.arrivals.length = 0;
  });

  it('pass event by event, for longer than an answer may take, with what the reader asks to go on after', async () => {
    upstream.answer = (request, response) => void (request.url === ORDER && beginStream(response));
    const reader = await gateway.client.stream(ORDER, { 'last-event-id': '4', 'x-order-token': 'guest' });
    expect([reader.status, reader.headers.get('cache-control'), reader.headers.get('content-encoding')]).toEqual([
      200,
      'no-store',
      null,
    ]);
    expect(upstream.last().headers).toMatchObject({ 'last-event-id': '4', 'x-order-token': 'guest' });
    say(5);
    expect((await reader.next()).id).toBe('5');
    // While nothing is said, the time of ordinary answers runs out twice.
    expect((await gateway.client.get('/orders/late')).status).toBe(504);
    expect((await gateway.client.get('/orders/late')).status).toBe(504);
    say(6);
    expect((await reader.next()).id).toBe('6');
    await reader.close();
    await eventually(() => only().destroyed);
  });

  it('are refused like anything else: by role, and with the service’s own problem', async () => {
    expect((await gateway.client.get('/admin/notifications/stream')).status).toBe(401);
    expect((await gateway.as('CUSTOMER').get('/admin/notifications/stream')).status).toBe(403);
    expect(upstream.arrivals).toHaveLength(0);
    upstream.answer = (_request, response) =>
      response.writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '30' }).end('{"code":"X"}');
    const { status, headers, body } = await gateway.as('ADMIN').get('/admin/notifications/stream');
    expect([status, headers.get('retry-after'), body]).toEqual([429, '30', { code: 'X' }]);
  });

  it('do not take a token in the address', async () => {
    const { status } = await gateway.client.get(
      `/admin/notifications/stream?access_token=${accessToken({ roles: ['ADMIN'] })}`,
    );
    expect(status).toBe(401);
  });

  it('are counted by the limits when they begin', async () => {
    const strict = await startGateway(upstream.url, { RATE_LIMIT_PER_MINUTE: '1' });
    upstream.answer = (_request, response) => response.writeHead(404, { 'content-length': '0' }).end();
    const someone = strict.as('CUSTOMER', newId());
    expect([(await someone.get(ORDER)).status, (await someone.get(ORDER)).status]).toEqual([404, 429]);
    await strict.close();
  });

  it('are so many at once and no more, and leave their place when they go; requests have others', async () => {
    upstream.answer = (request, response) =>
      request.url === ORDER ? beginStream(response) : void response.writeHead(200).end('{}');
    const held = [await opened(gateway.client, ORDER), await opened(gateway.client, ORDER)];
    const { status, headers, body } = await gateway.client.get<{ code: string }>(ORDER);
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'STREAMS_BUSY', '5']);
    expect((await gateway.client.get('/orders/x')).status).toBe(200);
    await held[0]?.close();
    await (await opened(gateway.client, ORDER)).close();
    await held[1]?.close();
  });

  it('end with the access token, as an end and not as a failure', async () => {
    upstream.answer = (_request, response) => beginStream(response);
    const authorization = `Bearer ${accessToken({ roles: ['ADMIN'], expiresInMs: 2_000 })}`;
    const reader = await opened(httpClient(gateway.url, { authorization }), '/admin/notifications/stream');
    say(1);
    expect((await reader.rest()).map(({ id }) => id)).toEqual(['1']);
    await eventually(() => only().destroyed);
  });

  it('end cleanly when the service ends them, and break off when it dies', async () => {
    upstream.answer = (_request, response) => beginStream(response);
    const ended = await opened(gateway.client, ORDER);
    say(1);
    only().end();
    expect(await ended.rest()).toHaveLength(1);
    streaming = [];
    const broken = await opened(gateway.client, ORDER);
    say(2);
    expect((await broken.next()).id).toBe('2');
    only().destroy();
    await expect(broken.rest()).rejects.toThrow();
  });

  it('end cleanly when the gateway stops', async () => {
    const stopping = await startGateway(upstream.url);
    upstream.answer = (_request, response) => beginStream(response);
    const reader = await stopping.client.stream(ORDER);
    say(1);
    expect((await reader.next()).id).toBe('1');
    const closed = stopping.close();
    expect(await reader.rest()).toEqual([]);
    await closed;
    await eventually(() => only().destroyed);
  });
});
