import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Returns, Roles, type Identity } from '@reseller/http';
import { AnalysePayments } from './analyse-payments.js';
import { analyticsQuery, analyticsView, type AnalyticsQuery } from './analytics.schemas.js';

@ApiTags('payments')
@Roles('ADMIN')
@Controller('payments/analytics')
export class AnalyticsController {
  constructor(private readonly analysePayments: AnalysePayments) {}

  @Get()
  @Returns(analyticsView, {
    description:
      'Figures of at most 366 days, the last 30 unless told. A date means its whole day in `timeZone`, where `to` is ' +
      'included; of an instant it is not. Payments are counted when they were opened, money when it came, refunds when ' +
      'they reached the customer.',
  })
  analyse(@Query({ schema: analyticsQuery }) query: AnalyticsQuery, @Caller() caller: Identity) {
    return this.analysePayments.execute(query, caller);
  }
}
