import type { ConfirmChannel, Options } from 'amqplib';
import { CONFIRM_DEADLINE_MS, type PublishOutcome } from '../transport.js';
import type { RabbitConnection } from './rabbit-connection.js';
import type { SteadyChannel } from './steady-channel.js';

export interface WireMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  readonly options: Options.Publish;
}

/** The broker closes the channel on larger ones (16 MiB in RabbitMQ 4), and the whole batch with it. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** Publishes with broker confirms, `mandatory`, and a deadline. */
export class ConfirmedPublisher {
  private readonly returned = new Set<string>();
  private tokens = 0;

  constructor(
    private readonly connection: RabbitConnection,
    private readonly channel: () => SteadyChannel,
  ) {}

  /** Part of the channel's set-up: the broker sends a returned message back before it confirms it. */
  watchReturns(channel: ConfirmChannel): void {
    channel.on('return', ({ properties }) => this.returned.add(String(properties.correlationId)));
  }

  async publish(
    messages: readonly WireMessage[],
    channel: ConfirmChannel | null = this.channel().current,
  ): Promise<PublishOutcome[]> {
    const blocked = this.connection.blockedBecause;
    if (channel === null || blocked !== null) {
      const reason = blocked === null ? 'no channel to RabbitMQ' : `RabbitMQ blocks publishers: ${blocked}`;
      return messages.map(() => ({ kind: 'unanswered', reason }));
    }
    const deadline = deadlineOutcome();
    const outcomes = await Promise.all(
      messages.map((message) => Promise.race([this.publishOne(channel, message), deadline.outcome])),
    );
    deadline.clear();
    // A channel that owes confirms may still deliver late ones; a new one starts with a clean account.
    if (deadline.hasPassed()) this.channel().reset('no confirm before the deadline');
    return outcomes;
  }

  private publishOne(channel: ConfirmChannel, message: WireMessage): Promise<PublishOutcome> {
    if (message.body.length > BODY_BYTES_MAX) {
      return Promise.resolve({ kind: 'refused', reason: `body of ${message.body.length} bytes is too large` });
    }
    this.tokens += 1;
    const token = String(this.tokens);
    return new Promise((resolve) => {
      const options = { ...message.options, persistent: true, correlationId: token };
      try {
        channel.publish(message.exchange, message.routingKey, message.body, options, (error: unknown) => {
          const isReturned = this.returned.delete(token);
          if (error) resolve(failed(error));
          else if (isReturned) resolve({ kind: 'returned', reason: 'no queue is bound for it' });
          else resolve({ kind: 'confirmed' });
        });
      } catch (error) {
        resolve(failed(error));
      }
    });
  }
}

function failed(error: unknown): PublishOutcome {
  const reason = error instanceof Error ? error.message : String(error);
  // amqplib's words for basic.nack, and for headers that do not fit into a frame; the rest is a closed channel.
  const isAboutTheMessage = reason === 'message nacked' || error instanceof RangeError;
  return { kind: isAboutTheMessage ? 'refused' : 'unanswered', reason };
}

function deadlineOutcome(): { outcome: Promise<PublishOutcome>; clear(): void; hasPassed(): boolean } {
  let passed = false;
  let timer: NodeJS.Timeout | undefined;
  const outcome = new Promise<PublishOutcome>((resolve) => {
    timer = setTimeout(() => {
      passed = true;
      resolve({ kind: 'unanswered', reason: `no confirm within ${CONFIRM_DEADLINE_MS} ms` });
    }, CONFIRM_DEADLINE_MS);
  });
  return { outcome, clear: () => clearTimeout(timer), hasPassed: () => passed };
}
