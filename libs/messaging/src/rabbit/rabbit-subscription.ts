import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@reseller/contracts';
import type { Logger } from '@reseller/runtime';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { settledWithin } from '../settled-within.js';
import type { Topology } from '../topology.js';
import type { DeliveryHandler, Disposition, Subscription } from '../transport.js';
import { assertTopology } from './assert-topology.js';
import { ConfirmedPublisher, type WireMessage } from './confirmed-publisher.js';
import type { RabbitConnection } from './rabbit-connection.js';
import { SteadyChannel } from './steady-channel.js';
import { deadMessage, deliveryOf, retryMessage } from './wire-message.js';

/** So that a message which cannot be moved does not spin between broker and consumer. */
const REDELIVERY_PAUSE_MS = 1_000;
const CANCEL_LIMIT_MS = 1_000;

export interface RabbitSubscriptionOptions {
  readonly connection: RabbitConnection;
  readonly topology: Topology;
  readonly service: ServiceName;
  readonly prefetch: number;
  readonly handle: DeliveryHandler;
  readonly logger: Logger;
}

/** Consumes a service's queue: manual acknowledgement, and back within seconds after whatever the broker closes. */
export class RabbitSubscription implements Subscription {
  private readonly steady: SteadyChannel;
  /** On the channel of the delivery: a message can be moved whenever it could be received. */
  private readonly publisher: ConfirmedPublisher;
  private readonly inFlight = new Set<Promise<void>>();
  private consumerTag: string | null = null;

  constructor(private readonly options: RabbitSubscriptionOptions) {
    const { connection, logger } = options;
    this.steady = new SteadyChannel(connection, 'consumer', (channel) => this.setUp(channel), logger);
    this.publisher = new ConfirmedPublisher(connection, () => this.steady);
  }

  start(): void {
    this.steady.start();
  }

  isActive(): boolean {
    return this.steady.current !== null;
  }

  async stop(): Promise<void> {
    const channel = this.steady.current;
    // A cancelled consumer keeps its channel, on which the deliveries in flight are settled.
    if (channel !== null && this.consumerTag !== null) {
      await settledWithin(CANCEL_LIMIT_MS, channel.cancel(this.consumerTag));
    }
    await Promise.all(this.inFlight);
    await this.steady.stop();
  }

  private async setUp(channel: ConfirmChannel): Promise<void> {
    const { topology, service, prefetch } = this.options;
    await assertTopology(channel, topology, service);
    this.publisher.watchReturns(channel);
    await channel.prefetch(prefetch);
    const { consumerTag } = await channel.consume(topology.queue(service), (message) => {
      // The broker cancels a consumer whose queue is deleted or moved, and says so with null.
      if (message === null) this.steady.reset('consumer cancelled by the broker');
      else this.take(channel, message);
    });
    this.consumerTag = consumerTag;
  }

  private take(channel: ConfirmChannel, message: ConsumeMessage): void {
    const work = this.options
      .handle(deliveryOf(message))
      .then((disposition) => this.settle(channel, message, disposition))
      .catch((error: unknown) =>
        this.options.logger.warn({ err: error }, 'delivery not settled, the broker redelivers it'),
      )
      .finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
  }

  private async settle(channel: ConfirmChannel, message: ConsumeMessage, disposition: Disposition): Promise<void> {
    const { topology, service } = this.options;
    switch (disposition.kind) {
      case 'done':
        return onOpenChannel(() => channel.ack(message));
      case 'abandon':
        return onOpenChannel(() => channel.nack(message, false, true));
      case 'retry': {
        const queue = topology.retryQueue(service, disposition.delayMs);
        return this.move(channel, message, retryMessage(message, queue, disposition.failure));
      }
      case 'dead': {
        const queue = topology.deadQueue(service);
        return this.move(channel, message, deadMessage(message, queue, disposition.failure, new Date()));
      }
    }
  }

  /** Publish, wait for the confirm, then acknowledge: the message is in one queue or in both, never in none. */
  private async move(channel: ConfirmChannel, message: ConsumeMessage, target: WireMessage): Promise<void> {
    const [outcome] = await this.publisher.publish([target], channel);
    if (outcome?.kind === 'confirmed') return onOpenChannel(() => channel.ack(message));
    this.options.logger.warn({ queue: target.routingKey, outcome }, 'message could not be moved, it is redelivered');
    await sleep(REDELIVERY_PAUSE_MS);
    onOpenChannel(() => channel.nack(message, false, true));
  }
}

/** On a channel that has closed meanwhile amqplib throws; the broker has taken the message back then. */
function onOpenChannel(settle: () => void): void {
  try {
    settle();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalOperationError') throw error;
  }
}
