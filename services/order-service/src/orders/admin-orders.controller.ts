import { Controller, Get, Param, Query, Res, UseInterceptors } from '@nestjs/common';
import { Caller, EtagOfVersion, orderRef, Returns, ReturnsCsv, Roles, sendCsv, type Identity } from '@reseller/http';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { OrderAccess } from './order-access.js';
import { orderPage, orderView, toOrderPage, toOrderView } from './order-view.js';
import { OrderQueries } from './order.queries.js';
import { ordersCsv } from './orders-csv.js';
import { backOfficeQuery, exportQuery, listOrdersQuery, type ListOrdersQuery } from './orders.schemas.js';

/** The administrators' way to the same orders. */
@Roles('ADMIN')
@Controller()
@UseInterceptors(EtagOfVersion)
export class AdminOrdersController {
  constructor(
    private readonly access: OrderAccess,
    private readonly queries: OrderQueries,
  ) {}

  @Get('admin/orders')
  @Returns(orderPage)
  async list(@Query({ schema: listOrdersQuery }) query: ListOrdersQuery, @Caller() caller: Identity) {
    return toOrderPage(await this.queries.list(query, caller), caller);
  }

  @Get('orders/admin/all')
  @Returns(orderPage, { description: 'Every order, to be searched; 004’s `confirmed` finds what is paid too.' })
  async all(@Query({ schema: backOfficeQuery }) query: z.infer<typeof backOfficeQuery>, @Caller() caller: Identity) {
    return toOrderPage(await this.queries.list(query, caller), caller);
  }

  @Get('orders/admin/export.csv')
  @ReturnsCsv('Every order that the same search finds')
  export(
    @Query({ schema: exportQuery }) query: z.infer<typeof exportQuery>,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): void {
    sendCsv(reply, ordersCsv(this.queries.all(query, caller)));
  }

  @Get('admin/orders/:id')
  @Returns(orderView)
  async get(@Param('id', { schema: orderRef() }) ref: string, @Caller() caller: Identity) {
    const { order, view } = this.access.requireView(await this.queries.find(ref), caller);
    return toOrderView(order, view);
  }
}
