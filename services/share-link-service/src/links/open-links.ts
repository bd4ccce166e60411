import { Inject, Injectable } from '@nestjs/common';
import { ShortLived } from '@reseller/runtime';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import type { SellersLink, ShareLink } from './share-link.js';
import { ShareLinkRepository } from './share-link.repository.js';

const LINKS_MAX = 50_000;

/** Links for those who open them: a link that goes viral is read from the database once every few seconds. */
@Injectable()
export class OpenLinks {
  private readonly links: ShortLived<SellersLink | undefined>;

  constructor(repository: ShareLinkRepository, @Inject(CONFIG) config: ShareLinkServiceConfig) {
    this.links = new ShortLived((codeOrId) => repository.find(codeOrId), {
      max: LINKS_MAX,
      ttlMs: config.LINK_CACHE_TTL,
    });
  }

  find(codeOrId: string): Promise<SellersLink | undefined> {
    return this.links.get(codeOrId);
  }

  changed(link: ShareLink): void {
    this.links.drop(link.id, link.code);
  }
}
