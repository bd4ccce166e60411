import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OrderPaid, PaymentRefunded, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { LinkOrderRepository } from './link-order.repository.js';

@Controller()
export class StatisticsConsumer {
  constructor(private readonly orders: LinkOrderRepository) {}

  @OnEvent(OrderPaid, { batch: 50 })
  async onOrderPaid(@Payload() { data }: EventOf<typeof OrderPaid>, @Ctx() { tx }: EventContext): Promise<void> {
    if (data.shareLinkId === null) return;
    const order = { orderId: data.orderId, shareLinkId: data.shareLinkId, totalPaise: BigInt(data.totalPaise) };
    await this.orders.setPaid(tx, order, new Date(data.paidAt));
  }

  /** A refund of money that never settled the order was never revenue. */
  @OnEvent(PaymentRefunded, { batch: 50 })
  async onPaymentRefunded(
    @Payload() { data }: EventOf<typeof PaymentRefunded>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    if (data.shareLinkId === null || !data.settlesOrder) return;
    const order = { orderId: data.orderId, shareLinkId: data.shareLinkId, totalPaise: BigInt(data.totalPaise) };
    await this.orders.setRefunded(tx, order, BigInt(data.refundedTotalPaise));
  }
}
