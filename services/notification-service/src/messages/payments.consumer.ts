import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { PaymentFailed, PaymentRefunded, PaymentRefundFailed, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
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
  ) {}

  @OnEvent(PaymentFailed, BATCHED)
  async onPaymentFailed(@Payload() event: EventOf<typeof PaymentFailed>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellBuyer.execute(tx, event, paymentFailed(event));
  }

  @OnEvent(PaymentRefunded, BATCHED)
  async onPaymentRefunded(
    @Payload() event: EventOf<typeof PaymentRefunded>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.tellBuyer.execute(tx, event, paymentRefunded(event));
  }

  @OnEvent(PaymentRefundFailed, BATCHED)
  async onPaymentRefundFailed(
    @Payload() event: EventOf<typeof PaymentRefundFailed>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    const { orderId } = event.data;
    await this.tellBuyer.execute(tx, event, refundDelayed(event));
    await this.tellAdministrators.execute(tx, event, refundFailed(event), { orderId });
  }
}
