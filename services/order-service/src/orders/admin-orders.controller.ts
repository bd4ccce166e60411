import { Controller, Get, Param, Query } from '@nestjs/common';
import { Caller, Returns, Roles, type Identity } from '@reseller/http';
import { OrderAccess } from './order-access.js';
import { orderPage, orderView, toOrderPage, toOrderView } from './order-view.js';
import { OrderQueries } from './order.queries.js';
import { listOrdersQuery, orderRef, type ListOrdersQuery } from './orders.schemas.js';

/** The administrators' way to the same orders. */
@Roles('ADMIN')
@Controller('admin/orders')
export class AdminOrdersController {
  constructor(
    private readonly access: OrderAccess,
    private readonly queries: OrderQueries,
  ) {}

  @Get()
  @Returns(orderPage)
  async list(@Query({ schema: listOrdersQuery }) query: ListOrdersQuery, @Caller() caller: Identity) {
    return toOrderPage(await this.queries.list(query, caller), caller);
  }

  @Get(':id')
  @Returns(orderView)
  async get(@Param('id', { schema: orderRef() }) ref: string, @Caller() caller: Identity) {
    const { order, view } = this.access.requireView(await this.queries.find(ref), caller);
    return toOrderView(order, view);
  }
}
