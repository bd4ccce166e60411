import { unavailable } from '@reseller/runtime';

const WAIT_MS = 4_000;

/**
 * Razorpay's webhooks pass beside limits and breakers, a bounded number at a time; the rest wait their turn a little.
 * Only one that has waited almost as long as Razorpay would is refused, and comes again.
 */
export class WebhookLane {
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly concurrency: number) {}

  async run(work: () => Promise<void>): Promise<void> {
    await this.enter();
    try {
      await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.underWay < this.concurrency) {
      this.underWay += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(unavailable('WEBHOOKS_BUSY', 'Too many webhooks at once; send it again.'));
      }, WAIT_MS);
      this.waiting.push(turn);
    });
  }

  /** Hands the place on directly, so that a newcomer cannot overtake who waits. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.underWay -= 1;
    else next();
  }
}
