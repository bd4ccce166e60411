import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OrderCancelled, OrderDelivered, OrderReturned, orderSnapshotSchema, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { RefundReturnedOrder } from '../refunds/refund-returned-order.js';
import { CaptureCash } from './capture-cash.js';
import { CloseOrder } from './close-order.js';

/** What orders tell. Nothing here calls Razorpay: it leaves rows for workers. */
@Controller()
export class OrdersConsumer {
  constructor(
    private readonly closeOrder: CloseOrder,
    private readonly captureCash: CaptureCash,
    private readonly refundReturnedOrder: RefundReturnedOrder,
  ) {}

  @OnEvent(OrderCancelled)
  async onOrderCancelled(
    @Payload() event: EventOf<typeof OrderCancelled>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.closeOrder.execute(context.tx, { orderId: event.data.orderId, reason: event.data.reason });
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
