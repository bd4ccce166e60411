import type { Database } from '@reseller/persistence';
import { PeriodicJob, type Logger } from '@reseller/runtime';
import type { EventProcess } from './domain-events.server.js';
import { EventConsumer, type RegisteredHandler } from './event-consumer.js';
import { eventsHealthCheck } from './events-health.js';
import type { MessagingOptions } from './messaging.module.js';
import { measure } from './metrics.js';
import { createTransport } from './open-transport.js';
import { readOutboxFigures } from './outbox-figures.js';
import { OutboxRelay } from './relay.js';
import { deleteExpired, RETENTION_INTERVAL_MS } from './retention.js';
import { settledWithin } from './settled-within.js';
import type { Topology } from './topology.js';
import type { Transport } from './transport.js';

const DRAIN_DEADLINE_MS = 6_000;

/** Everything that one service process runs for its events: transport, relay, consumer, retention, metrics. */
export class ServiceEvents implements EventProcess {
  readonly transport: Transport;
  readonly topology: Topology;
  readonly health;
  private readonly relay: OutboxRelay;
  private readonly retention: PeriodicJob;
  private consumer: EventConsumer | null = null;
  private stopMeasuring: () => void = () => undefined;

  constructor(
    private readonly options: MessagingOptions,
    private readonly database: Pick<Database, 'sqlTransaction' | 'query' | 'ping'>,
    private readonly logger: Logger,
  ) {
    const { transport, topology } = createTransport(options.service, options, logger, options.catalogue);
    this.transport = transport;
    this.topology = topology;
    this.relay = new OutboxRelay(database, transport, logger);
    this.retention = new PeriodicJob('event-retention', RETENTION_INTERVAL_MS, () => deleteExpired(database), logger);
    this.health = eventsHealthCheck({
      transport,
      database,
      isConsuming: () => this.consumer === null || this.consumer.isActive(),
    });
  }

  /** Returns at once, also while the broker is down. */
  start(handlers: ReadonlyMap<string, RegisteredHandler>): void {
    this.checkAgainstCatalogue(handlers);
    const { service } = this.options;
    this.transport.open();
    this.relay.start();
    this.retention.start();
    if (handlers.size > 0) this.consumer = this.consume(handlers);
    this.stopMeasuring = measure({
      service,
      outbox: () => readOutboxFigures(this.database),
      queue: () => this.transport.queueDepth(service),
    });
  }

  /** Finishes what is in flight, publishes what it has appended, then disconnects. */
  async stop(): Promise<void> {
    this.stopMeasuring();
    const drained = await settledWithin(DRAIN_DEADLINE_MS, this.drain());
    if (!drained) this.logger.warn('events were not drained before the deadline');
    await this.transport.close();
  }

  private async drain(): Promise<void> {
    await this.consumer?.stop();
    await this.retention.stop();
    await this.relay.stop();
  }

  private consume(handlers: ReadonlyMap<string, RegisteredHandler>): EventConsumer {
    const { service, EVENT_CONCURRENCY: concurrency } = this.options;
    const { database, transport, topology, logger } = this;
    const consumer = new EventConsumer({ service, topology, concurrency, handlers, database, transport, logger });
    consumer.start();
    return consumer;
  }

  /** A handler whose type the catalogue does not send here would never run; a type without handler would only pile up. */
  private checkAgainstCatalogue(handlers: ReadonlyMap<string, RegisteredHandler>): void {
    const { service } = this.options;
    const heard = this.topology.typesHeardBy(service);
    const unreachable = [...handlers.keys()].filter((type) => !heard.includes(type));
    if (unreachable.length > 0) {
      throw new Error(`the catalogue does not name ${service} as a hearer of ${unreachable.join(', ')}`);
    }
    const unhandled = heard.filter((type) => !handlers.has(type));
    if (unhandled.length > 0) this.logger.error({ unhandled }, 'events without a handler will be dead-lettered');
  }
}
