import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  Caller,
  EtagOfVersion,
  expectedVersionOf,
  IdempotencyKeys,
  IdempotentCall,
  Public,
  requireUser,
  Returns,
  Roles,
  versionFromIfMatch,
  type IdempotentRequest,
  type Identity,
} from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import { CountClick } from '../clicks/count-click.js';
import { visitOf } from '../clicks/visit.js';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { ChangeShareLink } from './change-share-link.js';
import { CreateShareLink } from './create-share-link.js';
import {
  changeShareLinkBody,
  codeOrId,
  createShareLinkBody,
  openShareLinkView,
  shareLinkPage,
  shareLinksQuery,
  shareLinkView,
  toOpenShareLinkView,
  toShareLinkView,
  type ChangeShareLinkBody,
  type CreateShareLinkBody,
  type ShareLinksQuery,
} from './share-links.schemas.js';
import { ShareLinkQueries } from './share-links.queries.js';
import { ShowShareLink } from './show-share-link.js';
import type { ShareLink } from './share-link.js';

const dateOrNull = (text: string | null | undefined): Date | null => (typeof text === 'string' ? new Date(text) : null);

@Controller('share-links')
export class ShareLinksController {
  constructor(
    private readonly createShareLink: CreateShareLink,
    private readonly changeShareLink: ChangeShareLink,
    private readonly showShareLink: ShowShareLink,
    private readonly countClick: CountClick,
    private readonly queries: ShareLinkQueries,
    private readonly idempotency: IdempotencyKeys,
    @Inject(CONFIG) private readonly config: ShareLinkServiceConfig,
  ) {}

  @Post()
  @Roles('RESELLER', 'ADMIN')
  @Returns(shareLinkView, { status: 201, description: 'The new link' })
  create(
    @Body({ schema: createShareLinkBody }) body: CreateShareLinkBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ) {
    return this.idempotency.run(request, requireUser(caller), async (step) => {
      const link = await this.createShareLink.execute({
        caller,
        sellerId: body.sellerId ?? null,
        productId: body.productId ?? null,
        sellerPricePaise: typeof body.sellerPrice === 'number' ? paiseFromRupees(body.sellerPrice) : null,
        expiresAt: dateOrNull(body.expiresAt),
        step,
        viewOf: this.view,
      });
      return this.view(link);
    });
  }

  @Get()
  @Returns(shareLinkPage, { description: 'Own links; for an ADMIN those of anybody' })
  async list(@Query({ schema: shareLinksQuery }) query: ShareLinksQuery, @Caller() caller: Identity) {
    const page = await this.queries.list(caller, query);
    return { ...page, data: page.data.map(this.view) };
  }

  @Get(':code')
  @Public()
  @Returns(openShareLinkView, { description: 'What somebody sees who opens the link' })
  async show(
    @Param('code', { schema: codeOrId() }) code: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
  ) {
    const shown = await this.showShareLink.execute(code);
    this.countClick.execute(shown.link, visitOf(request, caller.userId, 'api'));
    return toOpenShareLinkView(shown, this.config.PUBLIC_URL);
  }

  @Patch(':code')
  @UseInterceptors(EtagOfVersion)
  @Returns(shareLinkView, { description: 'The link as it now stands' })
  async change(
    @Param('code', { schema: codeOrId() }) code: string,
    @Body({ schema: changeShareLinkBody }) body: ChangeShareLinkBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    const expiresAt = body.expiresAt === undefined ? undefined : dateOrNull(body.expiresAt);
    const expectedVersion = expectedVersionOf(ifMatch, body.version);
    const command = { codeOrId: code, expectedVersion, isActive: body.isActive, expiresAt };
    return this.view(await this.changeShareLink.execute(caller, command));
  }

  @Delete(':code')
  @Returns(shareLinkView, { description: 'The link, no longer active' })
  async deactivate(
    @Param('code', { schema: codeOrId() }) code: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    const command = { codeOrId: code, expectedVersion: versionFromIfMatch(ifMatch), isActive: false };
    return this.view(await this.changeShareLink.execute(caller, command));
  }

  private readonly view = (link: ShareLink) => toShareLinkView(link, this.config.PUBLIC_URL);
}
