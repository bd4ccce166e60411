import { Controller, Get, Param } from '@nestjs/common';
import { InternalOnly, Returns, uuid } from '@reseller/http';
import { CustomerQueries } from './customer.queries.js';
import { internalCustomerView, toInternalCustomerView } from './internal-customers.schemas.js';

@InternalOnly('order')
@Controller('internal/customers')
export class InternalCustomersController {
  constructor(private readonly customers: CustomerQueries) {}

  @Get(':id')
  @Returns(internalCustomerView)
  async one(@Param('id', { schema: uuid() }) id: string) {
    return toInternalCustomerView(await this.customers.byId(id));
  }
}
