import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { LOGGER, PeriodicJob, type Logger } from '@reseller/runtime';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { ClickRepository, type Click } from './click.repository.js';

/*
 * Clicks wait in memory for a moment and are written together, off the path of the answer. What a process that dies at
 * once has not written is lost: a few clicks of less than a second, which no money depends on. A failed write is tried
 * again with the next, and repeats are harmless because the primary key counts each click once.
 */
const WAITING_MAX = 20_000;
const BATCH_MAX = 2_000;
const REMEMBERED_MAX = 50_000;

@Injectable()
export class ClickBuffer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly waiting = new Map<string, Click>();
  /** Written before: saves a statement for every reload of a page. */
  private readonly written = new LRUCache<string, true>({ max: REMEMBERED_MAX });
  private readonly job: PeriodicJob;
  private refused = 0;
  private closing = false;

  constructor(
    private readonly repository: ClickRepository,
    @Inject(CONFIG) config: ShareLinkServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.job = new PeriodicJob('flush-clicks', config.CLICK_FLUSH_INTERVAL, () => this.flush(), logger);
  }

  add(click: Click): void {
    const key = `${click.shareLinkId}${click.hour.getTime()}${click.visitor.toString('latin1')}`;
    if (this.written.has(key) || this.waiting.has(key)) return;
    if (this.waiting.size >= WAITING_MAX) {
      this.refused += 1;
      return;
    }
    this.waiting.set(key, click);
    if (this.closing)
      void this.flush().catch((error: unknown) => this.logger.warn({ err: error }, 'last clicks were lost'));
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    await this.job.stop();
    while (this.waiting.size > 0) await this.flush();
  }

  /** Writes one batch. @returns how many still wait */
  private async flush(): Promise<number> {
    if (this.refused > 0) {
      this.logger.error({ refused: this.refused }, 'clicks were not counted: more wait than fit in memory');
      this.refused = 0;
    }
    const batch = [...this.waiting].slice(0, BATCH_MAX);
    if (batch.length === 0) return 0;
    await this.repository.write(batch.map(([, click]) => click));
    for (const [key] of batch) {
      this.waiting.delete(key);
      this.written.set(key, true);
    }
    return this.waiting.size;
  }
}
