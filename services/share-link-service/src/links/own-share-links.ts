import { Injectable } from '@nestjs/common';
import { administers, type Identity } from '@reseller/http';
import { notFound } from '@reseller/runtime';
import type { ShareLink } from './share-link.js';
import { ShareLinkRepository } from './share-link.repository.js';

export const linkNotFound = () => notFound('LINK_NOT_FOUND', 'There is no such share link.');

/** Links as their owners and administrators manage them. */
@Injectable()
export class OwnShareLinks {
  constructor(private readonly repository: ShareLinkRepository) {}

  /** @throws 404 LINK_NOT_FOUND, also for a link that is not the caller's, so that codes tell strangers nothing. */
  async find(caller: Identity, codeOrId: string): Promise<ShareLink> {
    const link = await this.repository.find(codeOrId);
    if (link === undefined || !mayManage(caller, link)) throw linkNotFound();
    return link;
  }
}

function mayManage(caller: Identity, link: ShareLink): boolean {
  return caller.userId === link.sellerId || administers(caller, link.businessId);
}
