import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OrderCancelled, OrderDelivered, PaymentRefunded, PaymentSuccess, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { paiseFromWire } from '@reseller/money';
import { RecordCommissionFact } from './record-commission-fact.js';

/** What happens to orders, as facts about their commission. ORDER_RETURNED moves none: the refund that follows does. */
@Controller()
export class CommissionsConsumer {
  constructor(private readonly recordFact: RecordCommissionFact) {}

  @OnEvent(PaymentSuccess)
  async onPaymentSuccess(
    @Payload() { data }: EventOf<typeof PaymentSuccess>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.recordFact.execute(tx, data, { lockedAt: data.capturedAt });
  }

  @OnEvent(OrderDelivered)
  async onOrderDelivered(
    @Payload() { data }: EventOf<typeof OrderDelivered>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.recordFact.execute(tx, data, { deliveredAt: data.deliveredAt });
  }

  @OnEvent(OrderCancelled)
  async onOrderCancelled(
    @Payload() { data }: EventOf<typeof OrderCancelled>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.recordFact.execute(tx, data, { cancelledAt: data.cancelledAt });
  }

  /** A refund of money that never settled the order is between the platform and the customer. */
  @OnEvent(PaymentRefunded)
  async onPaymentRefunded(
    @Payload() { data }: EventOf<typeof PaymentRefunded>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    if (!data.settlesOrder) return;
    await this.recordFact.execute(tx, data, { refundedTotalPaise: paiseFromWire(data.refundedTotalPaise) });
  }
}
