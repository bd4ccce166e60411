import type { ServiceName } from '@reseller/contracts';
import type { Channel, Options } from 'amqplib';
import type { Topology } from '../topology.js';

/** A fuse for messages that kill the process: each redelivery after a crash or a channel close counts. */
const DELIVERY_LIMIT = 100;
/** The dead queue is looked through by taking and giving back, which RabbitMQ 4 would count against its default of 20. */
const DEAD_DELIVERY_LIMIT = 1_000_000;

const quorum = (extra: Record<string, unknown>): Options.AssertQueue => ({
  durable: true,
  arguments: { 'x-queue-type': 'quorum', ...extra },
});

/** Dead-lettering that loses nothing needs at-least-once, and that needs reject-publish (RabbitMQ 3.10 and later). */
const deadLetterTo = (queue: string): Record<string, unknown> => ({
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': queue,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

/**
 * Asserts the exchange and every service's queue with its bindings, and the retry queues of `ownService`. All of them
 * before the first publish, because `mandatory` cannot tell that one of two queues is not bound yet.
 */
export async function assertTopology(channel: Channel, topology: Topology, ownService: ServiceName): Promise<void> {
  await channel.assertExchange(topology.exchange, 'topic', { durable: true });
  await Promise.all(topology.services.map((service) => assertService(channel, topology, service)));
  if (!topology.services.includes(ownService)) return;
  await Promise.all(topology.retryDelaysMs.map((delayMs) => assertRetryQueue(channel, topology, ownService, delayMs)));
}

async function assertService(channel: Channel, topology: Topology, service: ServiceName): Promise<void> {
  const queue = topology.queue(service);
  const deadQueue = topology.deadQueue(service);
  await Promise.all([
    channel.assertQueue(deadQueue, quorum({ 'x-delivery-limit': DEAD_DELIVERY_LIMIT })),
    channel.assertQueue(queue, quorum({ 'x-delivery-limit': DELIVERY_LIMIT, ...deadLetterTo(deadQueue) })),
    ...topology.typesHeardBy(service).map((type) => channel.bindQueue(queue, topology.exchange, type)),
  ]);
}

async function assertRetryQueue(
  channel: Channel,
  topology: Topology,
  service: ServiceName,
  delayMs: number,
): Promise<void> {
  await channel.assertQueue(
    topology.retryQueue(service, delayMs),
    quorum({ 'x-message-ttl': delayMs, ...deadLetterTo(topology.queue(service)) }),
  );
}
