import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  CustomerDeleted,
  CustomerOrdered,
  EmailVerified,
  PaymentFailed,
  PaymentRefunded,
  PaymentRefundFailed,
  PaymentSuccess,
  StockConversionFailed,
  StockReservationExpired,
  type EventOf,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { CallOffUnstockedOrder } from './call-off-unstocked-order.js';
import { ForgetCustomer } from './forget-customer.js';
import { JoinGuestOrders } from './join-guest-orders.js';
import { LearnCustomer } from './learn-customer.js';
import { MarkOrderPaid } from './mark-order-paid.js';
import { RecordPaymentFailure } from './record-payment-failure.js';
import { RecordRefund } from './record-refund.js';

/** What others tell that concerns orders. Each event sets its own fact, so any order of arrival ends the same. */
@Controller()
export class OrdersConsumer {
  constructor(
    private readonly markOrderPaid: MarkOrderPaid,
    private readonly recordPaymentFailure: RecordPaymentFailure,
    private readonly recordRefund: RecordRefund,
    private readonly callOffUnstockedOrder: CallOffUnstockedOrder,
    private readonly joinGuestOrders: JoinGuestOrders,
    private readonly learnCustomer: LearnCustomer,
    private readonly forgetCustomer: ForgetCustomer,
  ) {}

  @OnEvent(PaymentSuccess)
  onPaymentSuccess(@Payload() { data }: EventOf<typeof PaymentSuccess>, @Ctx() { tx }: EventContext) {
    return this.markOrderPaid.execute(tx, data);
  }

  @OnEvent(PaymentFailed)
  onPaymentFailed(@Payload() { data }: EventOf<typeof PaymentFailed>, @Ctx() { tx }: EventContext) {
    return this.recordPaymentFailure.execute(tx, data);
  }

  @OnEvent(PaymentRefunded)
  onPaymentRefunded(@Payload() { data }: EventOf<typeof PaymentRefunded>, @Ctx() { tx }: EventContext) {
    return this.recordRefund.processed(tx, data);
  }

  @OnEvent(PaymentRefundFailed)
  onPaymentRefundFailed(@Payload() { data }: EventOf<typeof PaymentRefundFailed>, @Ctx() { tx }: EventContext) {
    return this.recordRefund.failed(tx, data);
  }

  @OnEvent(StockConversionFailed)
  onStockConversionFailed(@Payload() { data }: EventOf<typeof StockConversionFailed>, @Ctx() { tx }: EventContext) {
    return this.callOffUnstockedOrder.conversionFailed(tx, data);
  }

  @OnEvent(StockReservationExpired)
  onStockReservationExpired(@Payload() { data }: EventOf<typeof StockReservationExpired>, @Ctx() { tx }: EventContext) {
    return this.callOffUnstockedOrder.reservationExpired(tx, data);
  }

  @OnEvent(EmailVerified)
  onEmailVerified(@Payload() { data }: EventOf<typeof EmailVerified>, @Ctx() { tx }: EventContext) {
    return this.joinGuestOrders.execute(tx, data);
  }

  @OnEvent(CustomerOrdered)
  onCustomerOrdered(@Payload() event: EventOf<typeof CustomerOrdered>, @Ctx() { tx }: EventContext) {
    return this.learnCustomer.execute(tx, event);
  }

  @OnEvent(CustomerDeleted)
  onCustomerDeleted(@Payload() { data }: EventOf<typeof CustomerDeleted>, @Ctx() { tx }: EventContext) {
    return this.forgetCustomer.execute(tx, data);
  }
}
