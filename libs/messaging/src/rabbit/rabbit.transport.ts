import type { ServiceName } from '@reseller/contracts';
import type { Logger } from '@reseller/runtime';
import type { ConfirmChannel } from 'amqplib';
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
import { assertTopology } from './assert-topology.js';
import { ConfirmedPublisher } from './confirmed-publisher.js';
import { RabbitConnection } from './rabbit-connection.js';
import { RabbitDeadLetters } from './rabbit-dead-letters.js';
import { RabbitSubscription } from './rabbit-subscription.js';
import { removeTopology } from './remove-topology.js';
import { SteadyChannel } from './steady-channel.js';
import { eventMessage } from './wire-message.js';

export interface RabbitTransportOptions {
  readonly url: string;
  readonly service: ServiceName;
  readonly topology: Topology;
  readonly logger: Logger;
}

/** RabbitMQ 3.10 to 4.x: a topic exchange, one quorum queue per service, retry queues by TTL, a dead queue. */
export class RabbitTransport implements Transport {
  readonly name = 'rabbitmq';
  readonly deadLetters: DeadLetters;
  private readonly connection: RabbitConnection;
  private readonly publishing: SteadyChannel;
  private readonly publisher: ConfirmedPublisher;
  private readonly readyListeners = new Set<() => void>();

  constructor(private readonly options: RabbitTransportOptions) {
    const { url, service, topology, logger } = options;
    this.connection = new RabbitConnection(url, `${service}-service`, logger);
    this.publisher = new ConfirmedPublisher(this.connection, () => this.publishing);
    this.publishing = new SteadyChannel(this.connection, 'publisher', (channel) => this.setUp(channel), logger);
    this.deadLetters = new RabbitDeadLetters(topology, (work) => this.withChannel(work), this.publisher);
  }

  open(): void {
    this.connection.open();
    this.publishing.start();
  }

  async close(): Promise<void> {
    await this.publishing.stop();
    await this.connection.close();
  }

  state(): TransportState {
    const { blockedBecause, lastError } = this.connection;
    if (blockedBecause !== null) return { ready: false, detail: `RabbitMQ blocks publishers: ${blockedBecause}` };
    if (this.connection.current === undefined) return { ready: false, detail: `RabbitMQ: ${lastError}` };
    if (this.publishing.current === null) return { ready: false, detail: 'RabbitMQ: no channel' };
    return { ready: true };
  }

  onReady(listener: () => void): void {
    this.readyListeners.add(listener);
  }

  publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]> {
    const { topology } = this.options;
    return this.publisher.publish(
      events.map((event) => eventMessage(event, topology.exchange, topology.mustBeRouted(event.type))),
    );
  }

  subscribe(service: ServiceName, prefetch: number, handle: DeliveryHandler): Subscription {
    const { topology, logger } = this.options;
    const { connection } = this;
    return new RabbitSubscription({ connection, topology, service, prefetch, handle, logger });
  }

  queueDepth(service: ServiceName): Promise<QueueDepth> {
    const { topology } = this.options;
    return this.withChannel(async (channel) => {
      const count = async (queue: string): Promise<number> => (await channel.checkQueue(queue)).messageCount;
      const retrying = await Promise.all(
        topology.retryDelaysMs.map((delayMs) => count(topology.retryQueue(service, delayMs))),
      );
      return {
        waiting: await count(topology.queue(service)),
        retrying: retrying.reduce((sum, each) => sum + each, 0),
        dead: await count(topology.deadQueue(service)),
      };
    });
  }

  async removeNamespace(): Promise<void> {
    const { url, topology } = this.options;
    if (topology.namespace === '') throw new Error('refusing to delete the queues of the empty namespace');
    await removeTopology(url, topology);
  }

  private async setUp(channel: ConfirmChannel): Promise<void> {
    await assertTopology(channel, this.options.topology, this.options.service);
    this.publisher.watchReturns(channel);
    // After this set-up has returned, for listeners look at `state()`.
    setImmediate(() => this.readyListeners.forEach((listener) => listener()));
  }

  /** A channel of its own for administration: asking for a queue that does not exist closes the channel. */
  private async withChannel<T>(work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
    const connection = this.connection.current;
    if (connection === undefined) throw new Error(`RabbitMQ is not connected: ${this.connection.lastError}`);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    try {
      return await work(channel);
    } finally {
      await channel.close().catch(() => undefined);
    }
  }
}
