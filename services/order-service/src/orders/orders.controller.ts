import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import {
  Caller,
  EtagOfVersion,
  IdempotencyKeys,
  IdempotentCall,
  OpenToGuests,
  orderRef,
  Public,
  requireUser,
  Returns,
  versionFromIfMatch,
  type IdempotentRequest,
  type Identity,
} from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { z } from 'zod';
import { CancelOrder } from './cancel-order.js';
import { OrderAccess, visibilityFor } from './order-access.js';
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
  myOrdersQuery,
  placeOrderBody,
  principalOf,
  toPlaceOrderCommand,
  type ListOrdersQuery,
  type PlaceOrderBody,
} from './orders.schemas.js';
import { PlaceOrder } from './place-order.js';

/** Orders as buyers and sellers see them. */
@Controller('orders')
@UseInterceptors(EtagOfVersion)
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
    await this.access.requireCurrent(caller);
    const view = await this.idempotency.run<OrderBody>(request, principalOf(caller, command), async (step) => {
      const order = await this.placeOrder.execute(command, {
        subjectId: step.subjectId,
        remember: (tx, placed) => step.remember(tx, 201, toOrderView(placed, visibilityFor(caller))),
      });
      return toOrderView(order, visibilityFor(caller));
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

  @Get('user/my-orders')
  @Public()
  @Returns(orderPage, { description: 'What the caller bought; of a guest nothing is remembered.' })
  async mine(@Query({ schema: myOrdersQuery }) query: z.infer<typeof myOrdersQuery>, @Caller() caller: Identity) {
    return toOrderPage(await this.queries.mine(query, caller), caller);
  }

  @Get(':id')
  @OpenToGuests()
  @Returns(orderView)
  async get(@Param('id', { schema: orderRef() }) ref: string, @Caller() caller: Identity) {
    const { order, view } = this.access.requireView(await this.queries.find(ref), caller);
    return toOrderView(order, view);
  }

  @Get(':id/history')
  @OpenToGuests()
  @Returns(historyView)
  async history(@Param('id', { schema: orderRef() }) ref: string, @Caller() caller: Identity) {
    const { order, view } = this.access.requireView(await this.queries.find(ref), caller);
    return toHistoryView(await this.queries.history(order.id), view);
  }

  @Post(':id/cancel')
  @OpenToGuests()
  @HttpCode(200)
  @Returns(orderView)
  async cancel(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: cancelOrderBody }) { reason }: z.infer<typeof cancelOrderBody>,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    const expectedVersion = versionFromIfMatch(ifMatch);
    await this.access.requireCurrent(caller);
    return this.idempotency.run<OrderBody>(request, cancellingPrincipalOf(caller, ref), (step) =>
      this.database.sqlTransaction(async (tx) => {
        const cancelled = await this.cancelOrder.execute(tx, { ref, caller, reason, expectedVersion });
        const view = toOrderView(cancelled, visibilityFor(caller));
        await step.remember(tx, 200, view);
        return view;
      }),
    );
  }

  @Delete(':id')
  @OpenToGuests()
  @Returns(orderView, { description: 'The order, cancelled; orders are never erased.' })
  async remove(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: deleteOrderBody }) body: z.infer<typeof deleteOrderBody>,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    const expectedVersion = versionFromIfMatch(ifMatch);
    await this.access.requireCurrent(caller);
    const command = { ref, caller, reason: body?.reason ?? null, expectedVersion };
    const cancelled = await this.database.sqlTransaction((tx) => this.cancelOrder.execute(tx, command));
    return toOrderView(cancelled, visibilityFor(caller));
  }
}
