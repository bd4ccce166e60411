import { once } from 'node:events';
import net from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chaosProxy, eventually, type ChaosProxy } from '../src/index.js';

describe('chaosProxy', () => {
  const echo = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  const clients: net.Socket[] = [];
  let proxy: ChaosProxy;

  beforeAll(async () => {
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const address = echo.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    proxy = await chaosProxy({ port: address.port });
  });
  afterEach(() => {
    proxy.heal();
    for (const client of clients.splice(0)) client.destroy();
  });
  afterAll(async () => {
    await proxy.close();
    echo.close();
  });

  function connect() {
    const client = net.connect(proxy.port, '127.0.0.1');
    clients.push(client);
    const seen = { text: '', closed: false };
    client.on('data', (chunk: Buffer) => (seen.text += chunk.toString()));
    client.on('error', () => undefined);
    client.on('close', () => (seen.closed = true));
    return { client, seen };
  }

  it('passes bytes on', async () => {
    const { client, seen } = connect();
    client.write('hello');
    await eventually(() => seen.text === 'hello');
  });

  it('breaks open connections on reset and takes new ones', async () => {
    const first = connect();
    first.client.write('a');
    await eventually(() => first.seen.text === 'a');
    proxy.reset();
    await eventually(() => first.seen.closed);
    const second = connect();
    second.client.write('b');
    await eventually(() => second.seen.text === 'b');
  });

  it('breaks new connections while it refuses', async () => {
    proxy.refuse();
    const { seen } = connect();
    await eventually(() => seen.closed);
  });

  it('holds bytes back, and lets none overtake them when it is healed meanwhile', async () => {
    const { client, seen } = connect();
    client.write('first ');
    await eventually(() => seen.text === 'first ');
    const slowAtMs = Date.now();
    proxy.delay(100);
    client.write('slow ');
    await eventually(() => proxy.heldBack() > 0, { intervalMs: 1 });
    proxy.heal();
    client.write('fast');
    await eventually(() => seen.text === 'first slow fast', { intervalMs: 2 });
    expect(Date.now() - slowAtMs).toBeGreaterThanOrEqual(95);
  });

  it('swallows bytes without closing, as a lost network does', async () => {
    const first = connect();
    first.client.write('a');
    await eventually(() => first.seen.text === 'a');
    proxy.blackHole();
    first.client.write('b');
    await expect(eventually(() => first.seen.text !== 'a' || first.seen.closed, { timeoutMs: 100 })).rejects.toThrow();
  });
});
