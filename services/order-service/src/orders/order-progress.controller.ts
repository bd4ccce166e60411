import { Body, Controller, Headers, Param, Patch, Put, UseInterceptors } from '@nestjs/common';
import {
  Caller,
  EtagOfVersion,
  LiveAdmin,
  orderRef,
  Returns,
  Roles,
  versionFromIfMatch,
  type Identity,
} from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { z } from 'zod';
import { ChangeOrderStatus } from './change-order-status.js';
import { MoneyKept } from './money-kept.js';
import { orderView, toOrderView } from './order-view.js';
import {
  attachPaymentBody,
  changeStatusBody,
  deliverOrderBody,
  putStatusBody,
  shipOrderBody,
  toShipment,
} from './orders.schemas.js';
import { SettleOrder } from './settle-order.js';
import { ShipOrder } from './ship-order.js';

/** Moves an order on: administrators, and a customer who cancels. */
@Controller('orders/:id')
@UseInterceptors(EtagOfVersion)
export class OrderProgressController {
  constructor(
    private readonly database: Database,
    private readonly changeOrderStatus: ChangeOrderStatus,
    private readonly settleOrder: SettleOrder,
    private readonly shipOrder: ShipOrder,
    private readonly moneyKept: MoneyKept,
  ) {}

  @Patch('status')
  @Returns(orderView)
  async status(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: changeStatusBody }) body: z.infer<typeof changeStatusBody>,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    const expectedVersion = versionFromIfMatch(ifMatch);
    const command = { ref, caller, status: body.status, notes: body.notes ?? null, expectedVersion };
    return toOrderView(await this.changeOrderStatus.execute(command));
  }

  @Put('status')
  @Roles('ADMIN')
  @Returns(orderView)
  putStatus(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: putStatusBody }) body: z.infer<typeof putStatusBody>,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    return this.status(ref, body, caller, ifMatch);
  }

  @Patch('payment')
  @Roles('ADMIN')
  @Returns(orderView, { description: 'The order, PAID once payment has checked the Razorpay payment.' })
  async payment(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: attachPaymentBody }) body: z.infer<typeof attachPaymentBody>,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    const expectedVersion = versionFromIfMatch(ifMatch);
    const command = { ref, caller, notes: null, expectedVersion, razorpayPaymentId: body.razorpay_payment_id };
    return toOrderView(await this.settleOrder.execute(command));
  }

  @Patch('ship')
  @LiveAdmin()
  @Returns(orderView)
  async ship(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: shipOrderBody }) body: z.infer<typeof shipOrderBody>,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    const expectedVersion = versionFromIfMatch(ifMatch);
    await this.moneyKept.require(ref, caller);
    const command = { ref, caller, shipment: toShipment(body), notes: body.notes ?? null, expectedVersion };
    return toOrderView(await this.database.sqlTransaction((tx) => this.shipOrder.execute(tx, command)));
  }

  @Patch('deliver')
  @Roles('ADMIN')
  @Returns(orderView)
  async deliver(
    @Param('id', { schema: orderRef() }) ref: string,
    @Body({ schema: deliverOrderBody }) body: z.infer<typeof deliverOrderBody>,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    const expectedVersion = versionFromIfMatch(ifMatch);
    const command = { ref, caller, status: 'DELIVERED', notes: body?.notes ?? null, expectedVersion } as const;
    return toOrderView(await this.changeOrderStatus.execute(command));
  }
}
