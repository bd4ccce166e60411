import type { ServiceName } from '@reseller/contracts';
import type { Logger } from '@reseller/runtime';
import type { Topology } from '../topology.js';
import type {
  DeadLetters,
  DeliveryHandler,
  OutgoingEvent,
  PublishOutcome,
  QueueDepth,
  Subscription,
  Transport,
  TransportState,
} from '../transport.js';
import { BusDatabase } from './bus-database.js';
import { assertBus } from './bus-schema.js';
import { EmbeddedDeadLetters } from './embedded-dead-letters.js';
import { EmbeddedSubscription } from './embedded-subscription.js';
import { publishToBus } from './publish-to-bus.js';

export interface EmbeddedTransportOptions {
  /** A Postgres database of its own, beside the services'. */
  readonly url: string;
  readonly service: ServiceName;
  readonly topology: Topology;
  readonly logger: Logger;
}

const DEPTH = `select count(*) filter (where died_at is null and attempt = 1)::int as waiting,
    count(*) filter (where died_at is null and attempt > 1)::int as retrying,
    count(*) filter (where died_at is not null)::int as dead
  from deliveries where queue = $1`;

/** The same contract as RabbitMQ on Postgres, so that a newcomer's machine needs no broker. */
export class EmbeddedTransport implements Transport {
  readonly name = 'embedded';
  readonly deadLetters: DeadLetters;
  private readonly bus: BusDatabase;

  constructor(private readonly options: EmbeddedTransportOptions) {
    const { url, service, topology, logger } = options;
    this.bus = new BusDatabase(url, `${service}-service-events`, (bus) => assertBus(bus, topology), logger);
    this.deadLetters = new EmbeddedDeadLetters(this.bus, topology);
  }

  open(): void {
    this.bus.open();
  }

  async close(): Promise<void> {
    await this.bus.close();
  }

  state(): TransportState {
    return this.bus.isReady ? { ready: true } : { ready: false, detail: `event bus: ${this.bus.lastError}` };
  }

  onReady(listener: () => void): void {
    this.bus.onReady(listener);
  }

  publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]> {
    return publishToBus(this.bus, this.options.topology, events);
  }

  subscribe(service: ServiceName, prefetch: number, handle: DeliveryHandler): Subscription {
    const { topology, logger } = this.options;
    return new EmbeddedSubscription(this.bus, topology.queue(service), prefetch, handle, logger);
  }

  async queueDepth(service: ServiceName): Promise<QueueDepth> {
    const [row] = await this.bus.query<QueueDepth>(DEPTH, [this.options.topology.queue(service)]);
    return row ?? { waiting: 0, retrying: 0, dead: 0 };
  }

  async removeNamespace(): Promise<void> {
    const { topology } = this.options;
    if (topology.namespace === '') throw new Error('refusing to delete the queues of the empty namespace');
    const [bus] = await this.bus.query<{ exists: boolean }>(`select to_regclass('deliveries') is not null as exists`);
    if (bus?.exists !== true) return;
    const queues = topology.services.map((service) => topology.queue(service));
    await this.bus.query('delete from deliveries where queue = any($1::text[])', [queues]);
    await this.bus.query('delete from bindings where exchange = $1', [topology.exchange]);
  }
}
