import { connect } from 'amqplib';
import type { Topology } from '../topology.js';

/** Over a connection of its own, so that it works on a transport that was never opened. */
export async function removeNamespace(url: string, topology: Topology): Promise<void> {
  if (topology.namespace === '') throw new Error('refusing to delete the queues of the empty namespace');
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
