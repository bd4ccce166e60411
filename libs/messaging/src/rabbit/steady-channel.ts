import type { Logger } from '@reseller/runtime';
import type { ConfirmChannel } from 'amqplib';
import { settledWithin } from '../settled-within.js';
import type { RabbitConnection } from './rabbit-connection.js';

const REOPEN_MS = 500;
const CLOSE_LIMIT_MS = 1_000;

/**
 * A confirm channel that is opened and set up again whenever it closes: after a reconnect, after a channel error, and
 * when its owner asks for it. The connection manager alone restores neither of the last two.
 */
export class SteadyChannel {
  private channel: ConfirmChannel | null = null;
  private wanted = false;
  private opening = false;
  private timer: NodeJS.Timeout | undefined;
  private forgetConnection: () => void = () => undefined;

  constructor(
    private readonly connection: RabbitConnection,
    private readonly name: string,
    private readonly setUp: (channel: ConfirmChannel) => Promise<void>,
    private readonly logger: Logger,
  ) {}

  /** The channel when it is open and set up. */
  get current(): ConfirmChannel | null {
    return this.channel;
  }

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.forgetConnection = this.connection.onConnect(() => void this.open());
    void this.open();
  }

  async stop(): Promise<void> {
    this.wanted = false;
    this.forgetConnection();
    clearTimeout(this.timer);
    await this.drop();
  }

  /** Closes the channel; a new one follows while started. */
  reset(reason: string): void {
    this.logger.warn({ channel: this.name, reason }, 'channel is set up again');
    void this.drop();
    this.reopenLater();
  }

  private async open(): Promise<void> {
    const connection = this.connection.current;
    if (!this.wanted || this.opening || this.channel !== null || connection === undefined) return;
    this.opening = true;
    let opened: ConfirmChannel | undefined;
    try {
      const channel = await connection.createConfirmChannel();
      opened = channel;
      let closed = false;
      channel.on('error', (error) => this.logger.warn({ err: error, channel: this.name }, 'channel error'));
      channel.on('close', () => {
        closed = true;
        this.lost(channel);
      });
      await this.setUp(channel);
      if (closed) throw new Error('channel closed while it was set up');
      this.channel = channel;
    } catch (error) {
      this.logger.warn({ err: error, channel: this.name }, 'channel could not be set up, trying again');
      await closeQuietly(opened);
      this.reopenLater();
    } finally {
      this.opening = false;
    }
    if (!this.wanted) await this.drop();
  }

  private lost(channel: ConfirmChannel): void {
    if (this.channel !== channel) return;
    this.channel = null;
    this.reopenLater();
  }

  private reopenLater(): void {
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.open(), REOPEN_MS);
    this.timer.unref();
  }

  private async drop(): Promise<void> {
    const channel = this.channel;
    this.channel = null;
    await closeQuietly(channel);
  }
}

/** Closing what the broker has closed already throws, and on a dead network it is never answered. */
async function closeQuietly(channel: ConfirmChannel | null | undefined): Promise<void> {
  if (channel !== null && channel !== undefined) await settledWithin(CLOSE_LIMIT_MS, channel.close());
}
