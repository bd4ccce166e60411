import { correlation, newTraceparent } from './correlation.js';
import { newId } from './ids.js';
import type { Logger } from './logger.js';

/**
 * Runs `run` every `intervalMs`, never two at a time in this process. A run that reports work done (> 0) is followed at
 * once, so that a backlog drains at full speed. A failing run is logged and tried again at the next interval. Whoever has
 * made work `nudge`s, so that it is done now and the interval is only the net under it.
 */
export class PeriodicJob {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = true;
  private nudged = false;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    private readonly run: () => Promise<number | void>,
    private readonly logger: Logger,
  ) {}

  /** Does nothing while it is started already. */
  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.schedule(Math.random() * this.intervalMs);
  }

  /** Runs at once, or once more when the run in progress has ended. Does nothing while it is not started. */
  nudge(): void {
    if (this.stopped) return;
    this.nudged = true;
    if (this.running !== undefined) return;
    clearTimeout(this.timer);
    this.schedule(0);
  }

  /** Waits for a run in progress. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.nudged = false;
      this.running = this.runOnce().then((done) => {
        this.running = undefined;
        this.schedule(done > 0 || this.nudged ? 0 : this.intervalMs);
      });
    }, delayMs);
    this.timer.unref();
  }

  private async runOnce(): Promise<number> {
    const context = { requestId: newId(), traceparent: newTraceparent(), actor: `job:${this.name}` };
    try {
      return (await correlation.run(context, this.run)) ?? 0;
    } catch (error) {
      this.logger.error({ err: error, job: this.name }, 'job failed, it will run again');
      return 0;
    }
  }
}

/** A job of a service: Nest starts it with the process and waits for it at the end. What it does is its `execute`. */
export abstract class ServiceJob {
  private readonly periodic: PeriodicJob;

  constructor(name: string, intervalMs: number, logger: Logger) {
    this.periodic = new PeriodicJob(name, intervalMs, () => this.execute(), logger);
  }

  /** @returns how much was done; more than none means that there may be more */
  abstract execute(): Promise<number | void>;

  /** There is something to do. */
  nudge(): void {
    this.periodic.nudge();
  }

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.periodic.stop();
  }
}
