import net from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SERVICE_NAMES, SERVICES } from '@reseller/contracts';
import { readSettings } from './lib/platform-settings.mjs';
import { brokerProblem } from './lib/provision.mjs';

const { RABBITMQ_URL } = process.env;
const timeoutMs = 400;

describe('whether a broker can carry events', () => {
  const servers = [];
  const sockets = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** @returns the address of a server on this machine, as an AMQP client would be given it */
  async function listen(onConnection) {
    const server = net.createServer(onConnection).listen(0, '127.0.0.1');
    server.on('connection', (socket) => sockets.push(socket));
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return `amqp://guest:guest@127.0.0.1:${server.address().port}`;
  }

  it('is no when it only accepts connections', async () => {
    expect(await brokerProblem(await listen(() => {}), { timeoutMs })).toBe('it shook no hands within 0.4 s');
  });

  it('is no when nobody listens', async () => {
    expect(await brokerProblem('amqp://guest:guest@127.0.0.1:9', { timeoutMs })).toMatch(/ECONNREFUSED/);
  });

  (RABBITMQ_URL ? describe : describe.skip)('beside a real one', () => {
    it('is yes', async () => {
      expect(await brokerProblem(RABBITMQ_URL)).toBeUndefined();
    });

    it('is no when it shakes hands but makes no queue', async () => {
      const { hostname, port } = new URL(RABBITMQ_URL);
      const deafToQueues = await listen((client) => {
        const server = net.connect(Number(port || 5672), hostname);
        client
          .on('data', (bytes) => bytes.includes('probe.') || server.write(bytes))
          .on('close', () => server.destroy());
        server.on('data', (bytes) => client.write(bytes)).on('close', () => client.destroy());
        for (const socket of [client, server]) socket.on('error', () => {});
      });
      const problem = await brokerProblem(deafToQueues, { timeoutMs });
      expect(problem).toBe('its limit of open files may be used up: it shook hands, but made no queue within 0.4 s');
    });

    it('is no when it refuses the password', async () => {
      const url = new URL(RABBITMQ_URL);
      url.password = 'wrong';
      expect(await brokerProblem(url.href)).toBe('it refused the user name or password');
    });
  });
});

it('a platform on this machine has the services of the contracts, at their ports', () => {
  const given = readSettings({}).services.map(({ name, port, database }) => [name, { port, database }]);
  expect(given).toEqual(SERVICE_NAMES.map((name) => [name, SERVICES[name]]));
});
