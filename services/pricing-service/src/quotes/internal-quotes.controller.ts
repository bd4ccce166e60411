import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { InternalOnly } from '@reseller/http';
import { CalculateQuote } from './calculate-quote.js';
import { quoteBody, toQuoteAnswer, toQuoteCommand, type QuoteBody } from './internal-quotes.schemas.js';

/** For the order service: every order waits for this answer. */
@Controller('internal/quotes')
@InternalOnly('order')
export class InternalQuotesController {
  constructor(private readonly calculateQuote: CalculateQuote) {}

  @Post()
  @HttpCode(200)
  async quote(@Body({ schema: quoteBody }) body: QuoteBody) {
    return toQuoteAnswer(await this.calculateQuote.execute(toQuoteCommand(body)));
  }
}
