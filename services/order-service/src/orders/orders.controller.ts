import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  Caller,
  IdempotencyKeys,
  IdempotentCall,
  Public,
  Returns,
  requireUser,
  type IdempotentRequest,
  type Identity,
} from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { z } from 'zod';
import { CancelOrder } from './cancel-order.js';
import { OrderAccess } from './order-access.js';
import { OrderTokens } from './order-token.js';
import {
  historyView,
  orderPage,
  orderView,
  placedOrderView,
  toHistoryView,
  toOrderPage,
  toOrderView,
  type OrderBody,
} from './order-view.js';
import { OrderQueries } from './order.queries.js';
import {
  cancelOrderBody,
  cancellingPrincipalOf,
  deleteOrderBody,
  listOrdersQuery,
  orderRef,
  placeOrderBody,
  principalOf,
  toPlaceOrderCommand,
  type ListOrdersQuery,
  type PlaceOrderBody,
} from './orders.schemas.js';
import { PlaceOrder } from './place-order.js';

/** Orders as buyers and sellers see them. Public routes let guests in with the token of their order. */
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly access: OrderAccess,
    private readonly tokens: OrderTokens,
    private readonly queries: OrderQueries,
    private readonly placeOrder: PlaceOrder,
    private readonly cancelOrder: CancelOrder,
  ) {}

  @Post()
  @Public()
  @Returns(placedOrderView, { status: 201, description: 'The order; its stock is reserved.' })
  async place(
    @Body({ schema: placeOrderBody }) body: PlaceOrderBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ) {
    const command = toPlaceOrderCommand(body, caller);
    const view = await this.idempotency.run<OrderBody>(request, principalOf(caller, command), async (step) => {
      const order = await this.placeOrder.execute(command, {
        subjectId: step.subjectId,
        remember: (tx, placed) => step.remember(tx, 201, toOrderView(placed)),
      });
      return toOrderView(order);
    });
    // Added after the answer was stored: the token itself is stored nowhere.
    return caller.isAnonymous ? { ...view, orderToken: this.tokens.tokenFor(view.id) } : view;
  }

  @Get()
  @Returns(orderPage)
  async list(@Query({ schema: listOrdersQuery }) query: ListOrdersQuery, @Caller() caller: Identity) {
    requireUser(caller);
    return toOrderPage(await this.queries.list(query, caller), caller);
  }

  @Get(':id')
  @Public()
  @Returns(orderView)
  async get(@Param('id', { schema: orderRef() }) ref: string, @Caller() caller: Identity) {
    const { order, view } = this.access.requireView(await this.queries.find(ref), caller);
    return toOrderView(order, view);
  }

  @Get(':id/history')
  @Public()
  @Returns(historyView)
  async history(@Param('id', { schema: orderRef() }) ref: string, @Caller() caller: Identity) {
    const { order, view } = this.access.requireView(await this.queries.find(ref), caller);
    return toHistoryView(await this.queries.history(order.id), view);
  }

  @Post(':id/cancel')
  @Public()
  @HttpCode(200)
  @Returns(orderView)
  async cancel(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: cancelOrderBody }) { reason }: z.infer<typeof cancelOrderBody>,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ) {
    await this.access.requireCurrent(caller);
    return this.idempotency.run<OrderBody>(request, cancellingPrincipalOf(caller, ref), (step) =>
      this.database.sqlTransaction(async (tx) => {
        const view = toOrderView(await this.cancelOrder.execute(tx, { ref, caller, reason }));
        await step.remember(tx, 200, view);
        return view;
      }),
    );
  }

  @Delete(':id')
  @Public()
  @Returns(orderView, { description: 'The order, cancelled; orders are never erased.' })
  async remove(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: deleteOrderBody }) body: z.infer<typeof deleteOrderBody>,
    @Caller() caller: Identity,
  ) {
    await this.access.requireCurrent(caller);
    const command = { ref, caller, reason: body?.reason ?? null };
    return toOrderView(await this.database.sqlTransaction((tx) => this.cancelOrder.execute(tx, command)));
  }
}
