import { randomBytes } from 'node:crypto';
import { describe } from '@jest/globals';
import { createTransport, type MessagingSettings } from '@reseller/messaging';
import { createLogger } from '@reseller/runtime';
import { databaseExists, exclusively, testRun, urlOf } from './admin-connection.js';

export type TransportName = 'rabbitmq' | 'embedded';

export interface TestBroker {
  readonly transport: TransportName;
  /** For the services that shall hear each other: the transport, in a namespace that no other test uses. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes the namespace's queues and what they hold. */
  cleanup(): Promise<void>;
}

const rabbitUrl = (): string | undefined => process.env['RABBITMQ_URL'] || undefined;

/** A place for events of its own, on RabbitMQ when the environment names one, else on the embedded bus. */
export async function testBroker(
  transport: TransportName = rabbitUrl() === undefined ? 'embedded' : 'rabbitmq',
): Promise<TestBroker> {
  const settings: MessagingSettings = {
    EVENT_TRANSPORT: transport,
    EVENT_NAMESPACE: `test.${randomBytes(5).toString('hex')}.`,
    // A failed handler is tried again at once, then a little later: tests do not wait for minutes.
    EVENT_RETRY_DELAYS_MS: [20, 60],
    EVENT_CONCURRENCY: 4,
    ...(transport === 'rabbitmq'
      ? { RABBITMQ_URL: rabbitUrl() ?? missingBroker() }
      : { BUS_DATABASE_URL: await busDatabase() }),
  };
  return {
    transport,
    env: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
    cleanup: async () => {
      const { transport: opened } = createTransport(
        'order',
        settings,
        createLogger({ service: 'test', level: 'silent' }),
      );
      await opened.removeNamespace();
      await opened.close();
    },
  };
}

/** Runs the same tests on both transports; those on RabbitMQ are skipped, visibly, where there is none. */
export function describeTransports(tests: (transport: TransportName) => void): void {
  describe('on the embedded bus', () => {
    tests('embedded');
  });
  const onRabbit = rabbitUrl() === undefined ? describe.skip : describe;
  onRabbit('on RabbitMQ', () => {
    tests('rabbitmq');
  });
}

function missingBroker(): never {
  throw new Error('This test needs RabbitMQ: set RABBITMQ_URL.');
}

/** One database for all buses of a run: their namespaces keep them apart. */
async function busDatabase(): Promise<string> {
  const name = `reseller_test_${testRun()}_bus`;
  await exclusively(name, async (client) => {
    if (!(await databaseExists(client, name))) await client.query(`create database ${name}`);
  });
  return urlOf(name);
}
