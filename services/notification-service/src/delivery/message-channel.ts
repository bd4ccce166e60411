import type { Channel } from '../messages/message.js';

export interface OutgoingMessage {
  /** The same at every attempt: lets a provider, or a mailbox, see that it has this message already. */
  readonly key: string;
  readonly to: string;
  /** As it was queued; each channel reads its own kind. */
  readonly content: unknown;
  /** The address behind the mail's button, where the content leaves it open. */
  readonly link: string | null;
}

/** A way to reach people. */
export interface MessageChannel {
  readonly name: Channel;
  /**
   * @returns the provider's id of the message, where it gives one
   * @throws {Undeliverable} when trying again cannot help; anything else is tried again.
   */
  send(message: OutgoingMessage): Promise<string | null>;
  close(): Promise<void>;
}

/** This message will never arrive: the address is bad or the provider refuses it. Others are not concerned. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
}

/** There is nothing to send to on this channel; that is nobody's mistake. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}
