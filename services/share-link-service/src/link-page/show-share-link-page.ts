import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '@reseller/runtime';
import type { ShareLink } from '../links/share-link.js';
import { ShowShareLink, type ShownLink } from '../links/show-share-link.js';
import { codeOrId } from '../links/share-links.schemas.js';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { closedLinkPage, openLinkPage, unknownLinkPage, type PageUrls } from './link-page.js';

export interface LinkPage {
  readonly status: 200 | 404 | 410;
  readonly html: string;
  /** Null where there is nothing to count. */
  readonly link: ShareLink | null;
}

@Injectable()
export class ShowShareLinkPage {
  private readonly urls: PageUrls;

  constructor(
    private readonly showShareLink: ShowShareLink,
    @Inject(CONFIG) config: ShareLinkServiceConfig,
  ) {
    this.urls = { publicUrl: config.PUBLIC_URL, frontendUrl: config.FRONTEND_URL };
  }

  async execute(code: string): Promise<LinkPage> {
    const parsed = codeOrId().safeParse(code);
    if (!parsed.success) return { status: 404, html: unknownLinkPage(this.urls), link: null };
    let shown: ShownLink;
    try {
      shown = await this.showShareLink.execute(parsed.data);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not-found') {
        return { status: 404, html: unknownLinkPage(this.urls), link: null };
      }
      if (error instanceof DomainError && error.kind === 'gone') {
        return { status: 410, html: closedLinkPage(this.urls), link: null };
      }
      throw error;
    }
    return { status: 200, html: openLinkPage(shown, this.urls), link: shown.link };
  }
}
