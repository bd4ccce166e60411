import { connect } from 'amqplib';
import type { Topology } from '../topology.js';

/** Deletes all queues with what they hold, and the exchange. It needs a connection of its own and no transport. */
export async function removeTopology(url: string, topology: Topology): Promise<void> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    const queues = topology.services.flatMap((service) => [
      topology.queue(service),
      topology.deadQueue(service),
      ...topology.retryDelaysMs.map((delayMs) => topology.retryQueue(service, delayMs)),
    ]);
    await Promise.all(queues.map((queue) => channel.deleteQueue(queue)));
    await channel.deleteExchange(topology.exchange);
  } finally {
    await connection.close();
  }
}
