import { Agent, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Module } from '@nestjs/common';
import { afterEach, expect, it } from '@jest/globals';
import { createLogger } from '@reseller/runtime';
import { createServiceApp, runUntilStopped } from '../src/index.js';

@Module({})
class NothingModule {}

const logger = createLogger({ service: 'test', level: 'silent' });
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

afterEach(() => agent.destroy());

async function ask(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response;
}

it('answers callers on their pooled connections while it closes, and has them let go', async () => {
  const place = { host: '127.0.0.1', port: 0, logger };
  const app = await createServiceApp({ ...place, name: 'test', description: 'A test', module: NothingModule });
  await runUntilStopped(app, place);
  const url = `${await app.getUrl()}/openapi.json`;
  expect((await ask(url)).headers.connection).toBe('keep-alive');

  const closed = app.close();
  const last = await ask(url);
  expect({ status: last.statusCode, connection: last.headers.connection }).toEqual({
    status: 200,
    connection: 'close',
  });

  await closed;
  await expect(ask(url)).rejects.toThrow('ECONNREFUSED');
});

it('does not wait for connections on which nothing was ever asked', async () => {
  const place = { host: '127.0.0.1', port: 0, logger };
  const app = await createServiceApp({ ...place, name: 'test', description: 'A test', module: NothingModule });
  await app.listen(place.port, place.host);
  const silent = connect(Number(new URL(await app.getUrl()).port), place.host);
  await once(silent, 'connect');
  const left = once(silent, 'close');
  await app.close();
  await left;
});
