import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@reseller/contracts';
import { isDatabaseOutage, type Database } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { handleBatch, type Handleable } from './handle-batch.js';
import { deadTotal, retriesTotal } from './metrics.js';
import { parseEvent } from './parse-event.js';
import { afterFailure, UnprocessableEventError } from './retry-ladder.js';
import type { Topology } from './topology.js';
import type { Delivery, Disposition, Subscription, Transport } from './transport.js';
import { WorkQueue } from './work-queue.js';

/*
 * Consuming: parse, then one transaction of inbox row and handler, then acknowledge. A failure climbs the retry ladder
 * and ends on the dead queue. An outage of the database is nobody's failure: the consumer stops once, gives everything
 * back uncounted, and starts again when the database answers.
 */

export interface RegisteredHandler {
  readonly handle: Handleable['handler'];
  readonly batchMax: number;
}

export interface EventConsumerOptions {
  readonly service: ServiceName;
  readonly topology: Topology;
  readonly concurrency: number;
  readonly handlers: ReadonlyMap<string, RegisteredHandler>;
  readonly database: Pick<Database, 'sqlTransaction' | 'ping'>;
  readonly transport: Transport;
  readonly logger: Logger;
}

const DATABASE_POLL_MS = 500;

export class EventConsumer {
  private readonly subscription: Subscription;
  private readonly queue: WorkQueue;
  private outage: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly options: EventConsumerOptions) {
    const batchMax = (type: string): number => options.handlers.get(type)?.batchMax ?? 1;
    this.queue = new WorkQueue({
      concurrency: options.concurrency,
      batchMax,
      work: (batch) => this.handle(batch),
    });
    const largestBatch = Math.max(1, ...[...options.handlers.values()].map((handler) => handler.batchMax));
    const prefetch = Math.max(options.concurrency * 3, largestBatch * 2);
    this.subscription = options.transport.subscribe(options.service, prefetch, (delivery) =>
      this.isPaused() ? Promise.resolve({ kind: 'abandon' }) : this.queue.push(delivery),
    );
  }

  start(): void {
    this.subscription.start();
  }

  /** Takes nothing new, finishes what has begun, gives the rest back. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.queue.abandonWaiting();
    await this.subscription.stop();
    await this.outage;
  }

  isActive(): boolean {
    return this.subscription.isActive();
  }

  private isPaused(): boolean {
    return this.stopped || this.outage !== null;
  }

  private async handle(batch: readonly Delivery[]): Promise<Disposition[]> {
    if (this.isPaused()) return batch.map(() => ({ kind: 'abandon' }));
    try {
      await handleBatch(
        batch.map((delivery) => this.handleable(delivery)),
        { consumer: this.options.service, database: this.options.database, logger: this.options.logger },
      );
      return batch.map((delivery) => this.done(delivery));
    } catch (error) {
      const [only, ...others] = batch;
      if (only !== undefined && others.length === 0) return [await this.failed(only, error)];
      const dispositions: Disposition[] = [];
      for (const delivery of batch) dispositions.push(...(await this.handle([delivery])));
      return dispositions;
    }
  }

  private handleable(delivery: Delivery): Handleable {
    const { topology, handlers, service } = this.options;
    const event = parseEvent(delivery, (type) => topology.definitionOf(type));
    const handler = handlers.get(event.type);
    if (handler === undefined) throw new UnprocessableEventError(`${service} has no handler for ${event.type}`);
    return { delivery, event, handler: handler.handle };
  }

  private done(delivery: Delivery): Disposition {
    this.options.logger.info(
      { eventId: delivery.id, eventType: delivery.type, attempt: delivery.attempt },
      'event handled',
    );
    return { kind: 'done' };
  }

  private async failed(delivery: Delivery, error: unknown): Promise<Disposition> {
    const { service, topology, logger } = this.options;
    // An answer that comes while the consumer is paused means that the outage has just ended, not that there was none.
    if (isDatabaseOutage(error) && (!(await this.databaseAnswers()) || this.outage !== null)) {
      this.outage ??= this.waitForDatabase();
      return { kind: 'abandon' };
    }
    const disposition = afterFailure(delivery, error, topology.retryDelaysMs, new Date());
    const fields = { err: error, eventId: delivery.id, eventType: delivery.type, attempt: delivery.attempt };
    if (disposition.kind === 'dead') {
      deadTotal.inc({ service, type: delivery.type });
      logger.error(fields, 'event parked on the dead queue');
    } else {
      retriesTotal.inc({ service, type: delivery.type });
      logger.warn(fields, 'event failed, it will be tried again');
    }
    return disposition;
  }

  private async databaseAnswers(): Promise<boolean> {
    try {
      await this.options.database.ping();
      return true;
    } catch {
      return false;
    }
  }

  private async waitForDatabase(): Promise<void> {
    this.options.logger.error('the database is down: consuming is paused until it answers');
    this.queue.abandonWaiting();
    await this.subscription.stop();
    while (!this.stopped && !(await this.databaseAnswers())) await sleep(DATABASE_POLL_MS);
    this.outage = null;
    if (this.stopped) return;
    this.options.logger.info('the database is back: consuming goes on');
    this.subscription.start();
  }
}
