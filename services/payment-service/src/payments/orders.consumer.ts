import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  OrderAnonymised,
  OrderCancelled,
  OrderDelivered,
  OrderJoinedAccount,
  OrderReturned,
  orderSnapshotSchema,
  type EventOf,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { RefundReturnedOrder } from '../refunds/refund-returned-order.js';
import { CaptureCash } from './capture-cash.js';
import { CloseOrder } from './close-order.js';
import { ForgetBuyer } from './forget-buyer.js';
import { JoinAccount } from './join-account.js';

/** What orders tell. Nothing here calls Razorpay: it leaves rows for workers. */
@Controller()
export class OrdersConsumer {
  constructor(
    private readonly closeOrder: CloseOrder,
    private readonly captureCash: CaptureCash,
    private readonly refundReturnedOrder: RefundReturnedOrder,
    private readonly joinAccount: JoinAccount,
    private readonly forgetBuyer: ForgetBuyer,
  ) {}

  @OnEvent(OrderCancelled)
  async onOrderCancelled(
    @Payload() event: EventOf<typeof OrderCancelled>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.closeOrder.execute(context.tx, { orderId: event.data.orderId, reason: event.data.reason });
  }

  @OnEvent(OrderJoinedAccount)
  async onOrderJoinedAccount(
    @Payload() event: EventOf<typeof OrderJoinedAccount>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.joinAccount.execute(context.tx, event.data);
  }

  @OnEvent(OrderAnonymised)
  async onOrderAnonymised(
    @Payload() event: EventOf<typeof OrderAnonymised>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.forgetBuyer.execute(context.tx, event.data);
  }

  @OnEvent(OrderDelivered)
  async onOrderDelivered(
    @Payload() event: EventOf<typeof OrderDelivered>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.captureCash.execute(context.tx, orderSnapshotSchema.parse(event.data));
  }

  @OnEvent(OrderReturned)
  async onOrderReturned(@Payload() event: EventOf<typeof OrderReturned>, @Ctx() context: EventContext): Promise<void> {
    const { orderId, cause, refundPaise } = event.data;
    await this.refundReturnedOrder.execute(context.tx, {
      orderId,
      cause: `order-returned:${event.id}`,
      reason: cause,
      amountPaise: BigInt(refundPaise),
    });
  }
}
