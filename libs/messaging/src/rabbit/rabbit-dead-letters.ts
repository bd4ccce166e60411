import type { ServiceName } from '@reseller/contracts';
import type { ConfirmChannel, GetMessage } from 'amqplib';
import type { Topology } from '../topology.js';
import type { DeadLetter, DeadLetterFilter, DeadLetters } from '../transport.js';
import type { ConfirmedPublisher } from './confirmed-publisher.js';
import { deadLetterOf, deliveryOf, replayMessage } from './wire-message.js';

export type WithChannel = <T>(work: (channel: ConfirmChannel) => Promise<T>) => Promise<T>;

/**
 * Looks through a dead queue by taking every message once, and gives back at the end what is not removed. The queue is
 * taken until it is empty rather than by its count: a count may lag behind what the last look has given back.
 */
export class RabbitDeadLetters implements DeadLetters {
  constructor(
    private readonly topology: Topology,
    private readonly withChannel: WithChannel,
    private readonly publisher: ConfirmedPublisher,
  ) {}

  async list(service: ServiceName, filter: DeadLetterFilter, limit: number): Promise<DeadLetter[]> {
    const found: DeadLetter[] = [];
    await this.look(service, filter, async (message) => {
      if (found.length < limit) found.push(deadLetterOf(message));
      return 'keep';
    });
    return found;
  }

  replay(service: ServiceName, filter: DeadLetterFilter): Promise<number> {
    return this.look(service, filter, async (message) => {
      const [outcome] = await this.publisher.publish([replayMessage(message, this.topology.queue(service))]);
      return outcome?.kind === 'confirmed' ? 'remove' : 'keep';
    });
  }

  discard(service: ServiceName, filter: DeadLetterFilter): Promise<number> {
    return this.look(service, filter, () => Promise.resolve('remove'));
  }

  private look(
    service: ServiceName,
    filter: DeadLetterFilter,
    decide: (message: GetMessage) => Promise<'keep' | 'remove'>,
  ): Promise<number> {
    const queue = this.topology.deadQueue(service);
    return this.withChannel(async (channel) => {
      const began = new Date().toISOString();
      let removed = 0;
      let message = await channel.get(queue);
      while (message !== false) {
        // One that died since, perhaps for the second time after its replay, is for the next look.
        const isOlder = (deadLetterOf(message).diedAt ?? '') <= began;
        if (isOlder && matches(message, filter) && (await decide(message)) === 'remove') {
          channel.ack(message);
          removed += 1;
        }
        message = isOlder && (await channel.get(queue));
      }
      channel.nackAll(true);
      return removed;
    });
  }
}

function matches(message: GetMessage, filter: DeadLetterFilter): boolean {
  const { id, type } = deliveryOf(message);
  return (filter.id ?? id) === id && (filter.type ?? type) === type;
}
