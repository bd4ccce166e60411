import { Body, Controller, Get, Headers, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import {
  Caller,
  EtagOfVersion,
  LiveAdmin,
  Returns,
  Roles,
  expectedVersionOf,
  uuid,
  type Identity,
} from '@reseller/http';
import { ChangeTaxRate } from './change-tax-rate.js';
import { CreateTaxRate } from './create-tax-rate.js';
import {
  changeTaxRateBody,
  createTaxRateBody,
  taxRatePage,
  taxRatesQuery,
  taxRateView,
  type ChangeTaxRateBody,
  type CreateTaxRateBody,
  type TaxRatesQuery,
} from './tax-rates.schemas.js';
import { TaxRateQueries } from './tax-rates.queries.js';

@UseInterceptors(EtagOfVersion)
@Controller('pricing/tax-rates')
@Roles('ADMIN')
export class TaxRatesController {
  constructor(
    private readonly createRate: CreateTaxRate,
    private readonly changeRate: ChangeTaxRate,
    private readonly queries: TaxRateQueries,
  ) {}

  @Post()
  @LiveAdmin()
  @Returns(taxRateView, { status: 201, description: 'The new rate' })
  create(@Body({ schema: createTaxRateBody }) body: CreateTaxRateBody, @Caller() caller: Identity) {
    return this.createRate.execute(caller, body);
  }

  @Get()
  @Returns(taxRatePage, { description: 'GST rates by HSN prefix; the longest prefix in force decides' })
  list(@Query({ schema: taxRatesQuery }) query: TaxRatesQuery) {
    return this.queries.list(query);
  }

  @Patch(':id')
  @LiveAdmin()
  @Returns(taxRateView, { description: 'The rate as it now stands' })
  change(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: changeTaxRateBody }) { version, ...change }: ChangeTaxRateBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    return this.changeRate.execute(caller, { id, expectedVersion: expectedVersionOf(ifMatch, version), change });
  }
}
