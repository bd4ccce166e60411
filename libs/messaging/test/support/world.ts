import type { DomainEvent, EventDefinition, ServiceName } from '@reseller/contracts';
import { openDatabase, type Database } from '@reseller/persistence';
import { createLogger, newId } from '@reseller/runtime';
import { SHARED_TABLES_SQL, testBroker, testDatabase, type TestBroker, type TransportName } from '@reseller/testing';
import { z } from 'zod';
import {
  appendToOutbox,
  createTransport,
  messagingEnv,
  ServiceEvents,
  type EventContext,
  type OutgoingEvent,
  type Transport,
} from '../../src/index.js';
import { TEST_CATALOGUE } from './test-events.js';

const EFFECTS_SQL = `create table effects (
  effect_id bigint generated always as identity primary key, event_id uuid not null, aggregate_id text not null,
  step int not null);`;

export type TestHandler = (event: DomainEvent, context: EventContext) => Promise<void>;

export interface WorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly databaseUrl?: string;
  readonly batch?: number;
}

const logger = createLogger({ service: 'test', level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

/** A producer and a consumer with a database each and a namespace of their own. */
export class World {
  readonly aggregateId = newId();
  private readonly closers: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly broker: TestBroker,
    readonly producerUrl: string,
    readonly consumerUrl: string,
    readonly producer: Database,
    readonly consumer: Database,
  ) {}

  static async create(name: TransportName): Promise<World> {
    const [broker, producerDb, consumerDb] = await Promise.all([
      testBroker(name),
      testDatabase({ name: 'messaging', sql: SHARED_TABLES_SQL + EFFECTS_SQL }),
      testDatabase({ name: 'messaging', sql: SHARED_TABLES_SQL + EFFECTS_SQL }),
    ]);
    const producer = openTestDatabase(producerDb.url);
    const consumer = openTestDatabase(consumerDb.url);
    const world = new World(broker, producerDb.url, consumerDb.url, producer, consumer);
    world.closers.push(
      () => broker.cleanup(),
      () => producer.close(),
      () => consumer.close(),
      () => producerDb.drop(),
      () => consumerDb.drop(),
    );
    return world;
  }

  async destroy(): Promise<void> {
    for (const close of this.closers) await close();
  }

  /** Closed before everything that was registered earlier. */
  onDestroy(close: () => Promise<unknown>): void {
    this.closers.unshift(close);
  }

  /** The order service: its relay, without handlers. */
  startProducer(options: WorldOptions = {}): ServiceEvents {
    return this.startService('order', this.producer, new Map(), options);
  }

  /** The wallet service with a handler for each of these events. */
  startConsumer(
    handlers: readonly (readonly [EventDefinition, TestHandler])[],
    options: WorldOptions = {},
  ): ServiceEvents {
    const database = options.databaseUrl === undefined ? this.consumer : openTestDatabase(options.databaseUrl);
    if (database !== this.consumer) this.onDestroy(() => database.close());
    const registered = handlers.map(([{ type }, handle]) => [type, { handle, batchMax: options.batch ?? 1 }] as const);
    return this.startService('wallet', database, new Map(registered), options);
  }

  /** A transport without a service around it, ready to publish. */
  async openTransport(service: ServiceName = 'order', options: WorldOptions = {}): Promise<Transport> {
    const { transport } = createTransport(service, this.settings(options), logger, TEST_CATALOGUE);
    const ready = new Promise<void>((resolve) => transport.onReady(resolve));
    transport.open();
    await ready;
    this.onDestroy(() => transport.close());
    return transport;
  }

  append(...events: readonly DomainEvent[]): Promise<void> {
    return this.producer.sqlTransaction((tx) => appendToOutbox(tx, events));
  }

  /** The steps whose effect has been committed, in that order. */
  async effects(): Promise<number[]> {
    const rows = await this.consumer.query<{ step: number }>('select step from effects order by effect_id');
    return rows.map(({ step }) => step);
  }

  async unpublished(): Promise<number> {
    const [row] = await this.producer.query<{ count: number }>(
      'select count(*)::int as count from outbox where published_at is null',
    );
    return row?.count ?? -1;
  }

  private startService(
    service: ServiceName,
    database: Database,
    handlers: ConstructorParameters<typeof Map<string, { handle: TestHandler; batchMax: number }>>[0] & object,
    options: WorldOptions,
  ): ServiceEvents {
    const settings = this.settings(options);
    const events = new ServiceEvents({ ...settings, service, catalogue: TEST_CATALOGUE }, database, logger);
    events.start(new Map(handlers));
    this.onDestroy(() => events.stop());
    return events;
  }

  private settings(options: WorldOptions): z.infer<z.ZodObject<typeof messagingEnv>> {
    return z.object(messagingEnv).parse({ ...this.broker.env, ...options.env });
  }
}

/** A handler that leaves an effect in the consumer's database, in the delivery's own transaction. */
export const recordEffect: TestHandler = async (event, { tx }) => {
  const { step } = z.object({ step: z.int() }).parse(event.data);
  await tx.query('insert into effects (event_id, aggregate_id, step) values ($1, $2, $3)', [
    event.id,
    event.aggregateId,
    step,
  ]);
};

/** What the relay would send for this event. */
export const outgoing = (event: DomainEvent): OutgoingEvent => ({
  id: event.id,
  type: event.type,
  body: JSON.stringify(event),
  headers: {},
});

function openTestDatabase(url: string): Database {
  const noPrisma = {
    $transaction: () => Promise.reject(new Error('these tests use SQL alone')),
    $disconnect: () => Promise.resolve(),
  };
  return openDatabase(() => noPrisma, { url, poolSize: 6, service: 'messaging-test' });
}
