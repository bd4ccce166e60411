import type { ServiceName } from '@reseller/contracts';
import type { ConfirmChannel, GetMessage } from 'amqplib';
import type { Topology } from '../topology.js';
import type { DeadLetter, DeadLetterFilter, DeadLetters } from '../transport.js';
import type { ConfirmedPublisher } from './confirmed-publisher.js';
import { deadLetterOf, deliveryOf, replayMessage } from './wire-message.js';

export type WithChannel = <T>(work: (channel: ConfirmChannel) => Promise<T>) => Promise<T>;

/** Looks through a dead queue by taking every message once; what is not removed goes back when the channel closes. */
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
      const { messageCount } = await channel.checkQueue(queue);
      let removed = 0;
      for (let taken = 0; taken < messageCount; taken += 1) {
        const message = await channel.get(queue);
        if (message === false) break;
        if (!matches(message, filter) || (await decide(message)) === 'keep') continue;
        channel.ack(message);
        removed += 1;
      }
      return removed;
    });
  }
}

function matches(message: GetMessage, filter: DeadLetterFilter): boolean {
  const { id, type } = deliveryOf(message);
  return (filter.id ?? id) === id && (filter.type ?? type) === type;
}
