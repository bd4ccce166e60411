import type { Logger } from '@reseller/runtime';
import type { ChannelModel } from 'amqplib';
import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import { settledWithin } from '../settled-within.js';

const RECONNECT_SECONDS = 1;
/** Two missed beats close a connection that a network swallowed. */
const HEARTBEAT_SECONDS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_LIMIT_MS = 2_000;

/** One connection that comes back. Channels are not its business: see {@link SteadyChannel}. */
export class RabbitConnection {
  private manager: AmqpConnectionManager | undefined;
  private readonly connectListeners = new Set<() => void>();
  /** The broker's reason while it has blocked publishers (memory or disk alarm). */
  blockedBecause: string | null = null;
  lastError = 'not connected yet';

  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly logger: Logger,
  ) {}

  open(): void {
    if (this.manager !== undefined) return;
    const manager = connect([this.url], {
      heartbeatIntervalInSeconds: HEARTBEAT_SECONDS,
      reconnectTimeInSeconds: RECONNECT_SECONDS,
      connectionOptions: {
        timeout: CONNECT_TIMEOUT_MS,
        noDelay: true,
        clientProperties: { connection_name: this.name },
      },
    });
    manager.on('connect', () => {
      this.blockedBecause = null;
      this.logger.info('connected to RabbitMQ');
      for (const listener of this.connectListeners) listener();
    });
    manager.on('connectFailed', ({ err }) => this.lost(err));
    manager.on('disconnect', ({ err }) => this.lost(err));
    manager.on('blocked', ({ reason }) => {
      this.blockedBecause = reason;
      this.logger.warn({ reason }, 'RabbitMQ blocks publishers');
    });
    manager.on('unblocked', () => {
      this.blockedBecause = null;
    });
    this.manager = manager;
  }

  /** The open connection, or undefined while there is none. */
  get current(): ChannelModel | undefined {
    return this.manager?.connection;
  }

  onConnect(listener: () => void): () => void {
    this.connectListeners.add(listener);
    return () => this.connectListeners.delete(listener);
  }

  async close(): Promise<void> {
    const manager = this.manager;
    this.manager = undefined;
    if (manager !== undefined) await settledWithin(CLOSE_LIMIT_MS, manager.close());
  }

  private lost(error: Error | undefined): void {
    const message = error?.message ?? 'connection closed';
    // Once per cause: the attempts go on every second for as long as the broker is away.
    if (message !== this.lastError) this.logger.warn({ reason: message }, 'RabbitMQ is not connected, trying again');
    this.lastError = message;
  }
}
