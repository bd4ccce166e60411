import type { Delivery, Disposition } from './transport.js';

interface Item {
  readonly delivery: Delivery;
  readonly settle: (disposition: Disposition) => void;
}

export interface WorkQueueOptions {
  /** Batches at work at a time. */
  readonly concurrency: number;
  /** How many waiting deliveries of this type may share a batch; 1 for a transaction of its own. */
  readonly batchMax: (type: string) => number;
  /** Settles every delivery of the batch, in order. Never rejects. */
  readonly work: (batch: readonly Delivery[]) => Promise<Disposition[]>;
}

/** Turns deliveries that arrive one by one into batches, a bounded number of them at a time. */
export class WorkQueue {
  private waiting: Item[] = [];
  private working = 0;

  constructor(private readonly options: WorkQueueOptions) {}

  push(delivery: Delivery): Promise<Disposition> {
    return new Promise((settle) => {
      this.waiting.push({ delivery, settle });
      // After the other deliveries of the same read from the socket, so that they can share a batch.
      setImmediate(() => this.next());
    });
  }

  /** Gives back what has not begun. What is at work is finished. */
  abandonWaiting(): void {
    const abandoned = this.waiting;
    this.waiting = [];
    for (const { settle } of abandoned) settle({ kind: 'abandon' });
  }

  private next(): void {
    while (this.working < this.options.concurrency) {
      const batch = this.takeBatch();
      if (batch.length === 0) return;
      this.working += 1;
      void this.run(batch);
    }
  }

  private async run(batch: readonly Item[]): Promise<void> {
    const dispositions = await this.options.work(batch.map(({ delivery }) => delivery));
    batch.forEach(({ settle }, index) => settle(dispositions[index] ?? { kind: 'abandon' }));
    this.working -= 1;
    this.next();
  }

  private takeBatch(): Item[] {
    const first = this.waiting.shift();
    if (first === undefined) return [];
    const max = this.options.batchMax(first.delivery.type);
    if (max <= 1) return [first];
    const batch = [first];
    const rest: Item[] = [];
    for (const item of this.waiting) {
      const joins = batch.length < max && this.options.batchMax(item.delivery.type) > 1;
      (joins ? batch : rest).push(item);
    }
    this.waiting = rest;
    return batch;
  }
}
