import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { InternalOnly, Public, Returns } from '@reseller/http';
import { CheckMargin } from './check-margin.js';
import {
  marginCheckBody,
  marginView,
  toCheckMarginCommand,
  toMarginCheckAnswer,
  toMarginCheckCommand,
  toMarginView,
  validateMarginBody,
  type MarginCheckBody,
  type ValidateMarginBody,
} from './margins.schemas.js';

@Controller()
export class MarginsController {
  constructor(private readonly checkMargin: CheckMargin) {}

  @Post('pricing/validate-margin')
  @Public()
  @HttpCode(200)
  @Returns(marginView, { description: 'Whether a reseller may ask this price, and what margin it leaves' })
  async validate(@Body({ schema: validateMarginBody }) body: ValidateMarginBody) {
    return toMarginView(await this.checkMargin.execute(toCheckMarginCommand(body)));
  }

  /** For share-link, before it makes a link with a price. */
  @Post('internal/margin-checks')
  @InternalOnly('share-link')
  @HttpCode(200)
  async check(@Body({ schema: marginCheckBody }) body: MarginCheckBody) {
    return toMarginCheckAnswer(await this.checkMargin.execute(toMarginCheckCommand(body)));
  }
}
