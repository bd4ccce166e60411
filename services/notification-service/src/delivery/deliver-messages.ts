import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError, LOGGER, type Logger } from '@reseller/runtime';
import type { Channel } from '../messages/message.js';
import { CONFIG, type NotificationServiceConfig } from '../notification-service.config.js';
import { AddressMessage } from './address-message.js';
import { ConfiguredChannels } from './configured-channels.js';
import { Undeliverable, Unreachable } from './message-channel.js';
import { MessageLeases, type LeasedMessage, type Outcome } from './message-leases.js';

const BATCH = 20;
/** More than a whole batch may take over few connections, each waiting for its timeout. */
const LEASE_TIMEOUTS = 12;

/** Sends the messages of one channel that are due. One that fails changes nothing for the others. */
@Injectable()
export class DeliverMessages {
  constructor(
    private readonly leases: MessageLeases,
    private readonly channels: ConfiguredChannels,
    private readonly addressMessage: AddressMessage,
    @Inject(CONFIG) private readonly config: NotificationServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns how many messages were taken up */
  async execute(channel: Channel): Promise<number> {
    const leaseMs = this.config.NOTIFICATION_SEND_TIMEOUT * LEASE_TIMEOUTS;
    const messages = await this.leases.take(channel, BATCH, leaseMs);
    await Promise.all(messages.map((message) => this.deliver(message)));
    return messages.length;
  }

  /** Never throws: a message whose outcome cannot be written becomes due again when its lease ends. */
  private async deliver(message: LeasedMessage): Promise<void> {
    const fields = { messageId: message.id, channel: message.channel, template: message.template };
    try {
      const outcome = await this.attempt(message).catch((error: unknown) => this.outcomeOf(message, error));
      await this.leases.settle(message, outcome);
      // What the provider said names the address: it is in the row, not in the log.
      const level = outcome.state === 'FAILED' || outcome.state === 'RETRYING' ? 'warn' : 'info';
      this.logger[level]({ ...fields, attempts: message.attempts, state: outcome.state }, 'message handled');
    } catch (error) {
      this.logger.error({ err: error, ...fields }, 'the outcome of a message could not be written');
    }
  }

  private async attempt(message: LeasedMessage): Promise<Outcome> {
    const channel = this.channels.find(message.channel);
    const { to, link } = await this.addressMessage.execute(message, channel !== undefined);
    if (channel === undefined) return { state: 'LOCAL' };
    const providerMessageId = await channel.send({ key: keyOf(message), to, content: message.content, link });
    return { state: 'SENT', providerMessageId };
  }

  private outcomeOf({ attempts }: LeasedMessage, error: unknown): Outcome {
    const text = error instanceof DomainError ? `${error.code}: ${error.message}` : String(error);
    if (error instanceof Unreachable) return { state: 'SUPPRESSED', error: error.message };
    if (error instanceof Undeliverable) return { state: 'FAILED', error: error.message };
    const delayMs = this.config.NOTIFICATION_RETRY_DELAYS_MS[attempts - 1];
    return delayMs === undefined ? { state: 'FAILED', error: text } : { state: 'RETRYING', error: text, delayMs };
  }
}

/** Made from what makes the message unique, so that it is the same whoever sends it and however often. */
function keyOf({ eventId, template, channel, recipient }: LeasedMessage): string {
  const person = createHash('sha256').update(recipient).digest('hex').slice(0, 16);
  return `${eventId}.${template}.${channel.toLowerCase()}.${person}`;
}
