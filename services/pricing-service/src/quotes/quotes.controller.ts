import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Public, Returns } from '@reseller/http';
import { CalculateQuote } from './calculate-quote.js';
import {
  calculateBody,
  calculationView,
  toCalculateCommand,
  toCalculationView,
  type CalculateBody,
} from './quotes.schemas.js';

@Controller('pricing')
export class QuotesController {
  constructor(private readonly calculateQuote: CalculateQuote) {}

  @Post('calculate')
  @Public()
  @HttpCode(200)
  @Returns(calculationView, { description: 'What the items cost and what the seller would earn' })
  async calculate(@Body({ schema: calculateBody }) body: CalculateBody) {
    return toCalculationView(await this.calculateQuote.execute(toCalculateCommand(body)));
  }
}
