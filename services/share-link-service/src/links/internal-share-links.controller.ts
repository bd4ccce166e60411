import { Controller, Get, Param } from '@nestjs/common';
import { InternalOnly } from '@reseller/http';
import { linkNotFound } from './own-share-links.js';
import { factOf } from './share-link.js';
import { ShareLinkRepository } from './share-link.repository.js';
import { codeOrId } from './share-links.schemas.js';

/** For the order service, about a link that it has not heard of yet: read anew, in whatever state it is. */
@Controller('internal/share-links')
@InternalOnly('order')
export class InternalShareLinksController {
  constructor(private readonly repository: ShareLinkRepository) {}

  @Get(':id')
  async show(@Param('id', { schema: codeOrId() }) id: string) {
    const link = await this.repository.find(id);
    if (link === undefined) throw linkNotFound();
    return { ...factOf(link), version: Number(link.version) };
  }
}
