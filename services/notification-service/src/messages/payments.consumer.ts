import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { PaymentFailed, PaymentRefunded, PaymentRefundFailed, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { failedPaymentFacts, failedRefundFacts, refundFacts } from '../live/live-event.js';
import { RecordLiveEvent } from '../live/record-live-event.js';
import { paymentFailed, paymentRefunded, refundDelayed, refundFailed } from '../templates/payment-wording.js';
import { BATCHED } from './batched.js';
import { TellAdministrators } from './tell-administrators.js';
import { TellBuyer } from './tell-buyer.js';

/** What happens to the buyer’s money. That it arrived is told with ORDER_PAID. */
@Controller()
export class PaymentsConsumer {
  constructor(
    private readonly tellBuyer: TellBuyer,
    private readonly tellAdministrators: TellAdministrators,
    private readonly recordLiveEvent: RecordLiveEvent,
  ) {}

  @OnEvent(PaymentFailed, BATCHED)
  onPaymentFailed(@Payload() event: EventOf<typeof PaymentFailed>, @Ctx() { tx }: EventContext): void {
    this.tellBuyer.execute(tx, event, paymentFailed(event));
    this.recordLiveEvent.execute(tx, event, failedPaymentFacts(event));
  }

  @OnEvent(PaymentRefunded, BATCHED)
  onPaymentRefunded(@Payload() event: EventOf<typeof PaymentRefunded>, @Ctx() { tx }: EventContext): void {
    this.tellBuyer.execute(tx, event, paymentRefunded(event));
    this.recordLiveEvent.execute(tx, event, refundFacts(event));
  }

  @OnEvent(PaymentRefundFailed, BATCHED)
  async onPaymentRefundFailed(
    @Payload() event: EventOf<typeof PaymentRefundFailed>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const { orderId } = event.data;
    this.tellBuyer.execute(tx, event, refundDelayed(event));
    await this.tellAdministrators.execute(tx, event, refundFailed(event), { orderId });
    this.recordLiveEvent.execute(tx, event, failedRefundFacts(event));
  }
}
