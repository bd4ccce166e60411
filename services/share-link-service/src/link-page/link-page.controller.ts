import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Public, type Identity } from '@reseller/http';
import { CountClick } from '../clicks/count-click.js';
import { visitOf } from '../clicks/visit.js';
import { ShowShareLinkPage } from './show-share-link-page.js';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { contentSecurityPolicy } from './link-page-style.js';

/** The page that a person opens. It is HTML also when it fails, so problems never reach a customer as JSON. */
@ApiExcludeController()
@Controller('share')
export class LinkPageController {
  private readonly policy: string;

  constructor(
    private readonly showPage: ShowShareLinkPage,
    private readonly countClick: CountClick,
    @Inject(CONFIG) config: ShareLinkServiceConfig,
  ) {
    this.policy = contentSecurityPolicy(config.PUBLIC_URL);
  }

  @Get(':code')
  @Public()
  async open(
    @Param('code') code: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { status, html, link } = await this.showPage.execute(code);
    if (link !== null) this.countClick.execute(link, visitOf(request, caller.userId, 'page'));
    await reply
      .status(status)
      .headers({
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': this.policy,
        'Cache-Control': 'private, no-store',
        'Referrer-Policy': 'no-referrer',
        'X-Content-Type-Options': 'nosniff',
      })
      .send(html);
  }
}
