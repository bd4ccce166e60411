import { newId, type Logger } from '@reseller/runtime';
import type { Delivery, DeliveryHandler, Disposition, Subscription } from '../transport.js';
import type { BusDatabase } from './bus-database.js';
import { BusQueue, LEASE_MS, type ClaimedRow } from './bus-queue.js';

const POLL_MS = 1_000;

/** Claims deliveries of one queue by lease: on NOTIFY, when room has become free, and every second as the net. */
export class EmbeddedSubscription implements Subscription {
  private readonly queue: BusQueue;
  private readonly inFlight = new Map<string, Promise<void>>();
  private active = false;
  private claiming = false;
  private claimAgain = false;
  private timers: NodeJS.Timeout[] = [];
  private forget: (() => void)[] = [];

  constructor(
    private readonly bus: BusDatabase,
    private readonly queueName: string,
    private readonly prefetch: number,
    private readonly handle: DeliveryHandler,
    private readonly logger: Logger,
  ) {
    this.queue = new BusQueue(bus, queueName, newId());
  }

  start(): void {
    if (this.active) return;
    this.active = true;
    this.forget = [
      this.bus.onReady(() => void this.claim()),
      this.bus.onNotify((queue) => {
        if (queue === this.queueName) void this.claim();
      }),
    ];
    this.timers = [
      setInterval(() => void this.claim(), POLL_MS),
      setInterval(() => void this.renewLeases(), LEASE_MS / 3),
    ];
    void this.claim();
  }

  isActive(): boolean {
    return this.active && this.bus.isReady;
  }

  async stop(): Promise<void> {
    this.active = false;
    for (const forget of this.forget) forget();
    const [poll, renewal] = this.timers;
    clearInterval(poll);
    // Leases are renewed until the last delivery in flight is settled.
    while (this.inFlight.size > 0) await Promise.all(this.inFlight.values());
    clearInterval(renewal);
  }

  private async claim(): Promise<void> {
    this.claimAgain = true;
    if (this.claiming) return;
    this.claiming = true;
    try {
      while (this.active && this.claimAgain && this.bus.isReady) {
        this.claimAgain = false;
        const room = this.prefetch - this.inFlight.size;
        if (room <= 0) break;
        const rows = await this.queue.claim(room);
        for (const row of rows) this.take(row);
        if (rows.length === room) this.claimAgain = true;
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'deliveries could not be claimed, the next poll tries again');
    } finally {
      this.claiming = false;
    }
  }

  private take(row: ClaimedRow): void {
    const work = this.handle(deliveryOf(row))
      .then((disposition) => this.settle(row, disposition))
      .catch((error: unknown) => this.logger.warn({ err: error }, 'delivery not settled, its lease will run out'))
      .finally(() => {
        this.inFlight.delete(row.seq);
        // `claimAgain` was left standing when there was no room, or was it a full claim: look again.
        if (this.claimAgain || this.inFlight.size < this.prefetch / 2) void this.claim();
      });
    this.inFlight.set(row.seq, work);
  }

  private async settle(row: ClaimedRow, disposition: Disposition): Promise<void> {
    switch (disposition.kind) {
      case 'done':
        return this.queue.acknowledge(row.seq);
      case 'abandon':
        return this.queue.giveBack(row.seq);
      case 'dead':
        return this.queue.park(row.seq, disposition.failure);
      case 'retry':
        await this.queue.retry(row.seq, disposition.delayMs, disposition.failure);
        if (disposition.delayMs < POLL_MS) setTimeout(() => void this.claim(), disposition.delayMs + 1).unref();
    }
  }

  private async renewLeases(): Promise<void> {
    if (this.inFlight.size === 0) return;
    await this.queue.renew([...this.inFlight.keys()]).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'leases could not be renewed');
    });
  }
}

function deliveryOf(row: ClaimedRow): Delivery {
  const { event_id: id, type, body, headers, attempt, first_failed_at: firstFailedAt } = row;
  return { id, type, body, headers, attempt, firstFailedAt };
}
