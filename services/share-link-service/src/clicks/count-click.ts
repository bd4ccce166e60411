import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@reseller/runtime';
import type { ShareLink } from '../links/share-link.js';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { ClickBuffer } from './click-buffer.js';
import type { Visit } from './visit.js';
import { visitorHasher } from './visitor-hash.js';

const HOUR_MS = 3_600_000;

/** Counts a visit once per visitor, link and hour. Never waits: the answer to the visitor must not. */
@Injectable()
export class CountClick {
  private readonly hash: ReturnType<typeof visitorHasher>;

  constructor(
    private readonly buffer: ClickBuffer,
    @Inject(CONFIG) config: ShareLinkServiceConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.hash = visitorHasher(config.INTERNAL_SERVICE_SECRET);
  }

  execute(link: ShareLink, visit: Visit): void {
    if (!visit.isPerson || visit.userId === link.sellerId) return;
    const now = this.clock.now();
    this.buffer.add({
      shareLinkId: link.id,
      visitor: this.hash(visit, now),
      hour: new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS),
    });
  }
}
