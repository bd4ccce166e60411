import { Controller, Get, Param } from '@nestjs/common';
import { InternalOnly, Returns, uuid } from '@reseller/http';
import { AddressQueries } from './address.queries.js';
import { addressView, toAddressView } from './addresses.schemas.js';

/** For an order that names one of its buyer's addresses. */
@InternalOnly('order')
@Controller('internal/users/:userId/addresses')
export class InternalAddressesController {
  constructor(private readonly addresses: AddressQueries) {}

  @Get(':id')
  @Returns(addressView)
  async one(@Param('userId', { schema: uuid() }) userId: string, @Param('id', { schema: uuid() }) id: string) {
    return toAddressView(await this.addresses.one(userId, id));
  }
}
