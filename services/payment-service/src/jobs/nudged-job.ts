import { correlation, newId, newTraceparent, PeriodicJob, type Logger } from '@reseller/runtime';

/**
 * A periodic job that is also run when there is something to do, so that a refund leaves within milliseconds and the
 * period is only the net under it. Runs may overlap: the work is leased row by row.
 */
export class NudgedJob {
  private readonly periodic: PeriodicJob;
  private readonly underWay = new Set<Promise<void>>();
  private isRunning = false;

  constructor(
    private readonly name: string,
    intervalMs: number,
    private readonly run: () => Promise<number>,
    private readonly logger: Logger,
  ) {
    this.periodic = new PeriodicJob(name, intervalMs, run, logger);
  }

  start(): void {
    this.isRunning = true;
    this.periodic.start();
  }

  /** Takes nothing new and waits for what is under way. */
  async stop(): Promise<void> {
    this.isRunning = false;
    await Promise.all([this.periodic.stop(), ...this.underWay]);
  }

  nudge(): void {
    if (!this.isRunning) return;
    const context = { requestId: newId(), traceparent: newTraceparent(), actor: `job:${this.name}` };
    const running = correlation
      .run(context, this.run)
      .then(() => undefined)
      .catch((error: unknown) => this.logger.error({ err: error, job: this.name }, 'job failed, it will run again'))
      .finally(() => this.underWay.delete(running));
    this.underWay.add(running);
  }
}
