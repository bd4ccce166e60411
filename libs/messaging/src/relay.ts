import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { drainOutbox, type DrainResult } from './drain-outbox.js';
import type { Transport } from './transport.js';

/*
 * The relay moves committed outbox rows to the transport. One drain is one transaction that holds the database's relay
 * lock, so that one relay is active whatever the number of instances, and events of an aggregate leave in order. A crash
 * between confirm and commit publishes again: at least once, which the inbox makes once in effect.
 */

/** The net under the nudge: rows of a crashed process, of a back-off that ended, of a nudge that was lost. */
const POLL_MS = 1_000;
const LOCKED_RETRY_MS = 20;
/** Under load one drain carries the events of this long instead of one each. */
const LINGER_MS = 8;
/** A drain that ended less than this ago means load. */
const LOAD_WINDOW_MS = 40;
const LAST_DRAIN_LIMIT_MS = 3_000;

const running = new Set<OutboxRelay>();

export class OutboxRelay {
  private nudged = false;
  private stopping = false;
  private wake: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Pick<Database, 'sqlTransaction'>,
    private readonly transport: Transport,
    private readonly logger: Logger,
  ) {}

  /** Wakes the relays of this process: an event has been committed. */
  static nudge(): void {
    for (const relay of running) relay.nudge();
  }

  start(): void {
    this.stopping = false;
    running.add(this);
    this.transport.onReady(() => this.nudge());
    this.loop = this.run();
  }

  /** Publishes what is already committed, within a few seconds, and stops. The rest waits for the next start. */
  async stop(): Promise<void> {
    running.delete(this);
    this.stopping = true;
    this.wake();
    await this.loop;
    const deadline = Date.now() + LAST_DRAIN_LIMIT_MS;
    while (Date.now() < deadline && (await this.drain()).kind === 'more') continue;
  }

  private nudge(): void {
    this.nudged = true;
    this.wake();
  }

  private async run(): Promise<void> {
    let lastDrainEndedAt = 0;
    while (!this.stopping) {
      if (!this.nudged) await this.untilNudgedOr(POLL_MS);
      else if (Date.now() - lastDrainEndedAt < LOAD_WINDOW_MS) await sleep(LINGER_MS);
      if (this.stopping) return;
      const wasNudged = this.nudged;
      this.nudged = false;
      const result = await this.drain();
      lastDrainEndedAt = result.kind === 'idle' ? 0 : Date.now();
      if (result.kind === 'more') this.nudged = true;
      // What woke us may have been committed after the lock's holder looked, so try until the lock was ours once.
      if (result.kind === 'locked' && wasNudged) {
        this.nudged = true;
        await sleep(LOCKED_RETRY_MS);
      }
    }
  }

  private async drain(): Promise<DrainResult> {
    if (!this.transport.state().ready) return { kind: 'unavailable' };
    try {
      return await drainOutbox(this.database, this.transport, this.logger);
    } catch (error) {
      this.logger.warn({ err: error }, 'outbox drain failed, the next poll tries again');
      return { kind: 'unavailable' };
    }
  }

  private async untilNudgedOr(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.nudged || this.stopping) this.wake();
    });
  }
}
