import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OrderCreated, OrderJoinedAccount, OrderPaid, PaymentRefunded, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { paiseFromWire } from '@reseller/money';
import { MoveOrderToAccount } from './move-order-to-account.js';
import { RecordOrderFact } from './record-order-fact.js';
import { RepeatDeletion } from './repeat-deletion.js';

/** What happens to orders, as facts about their customers. */
@Controller()
export class CustomerOrdersConsumer {
  constructor(
    private readonly recordFact: RecordOrderFact,
    private readonly repeatDeletion: RepeatDeletion,
    private readonly moveOrderToAccount: MoveOrderToAccount,
  ) {}

  /** Nothing is counted yet, but an order that names nobody learns whose it is. */
  @OnEvent(OrderCreated)
  async onOrderCreated(@Payload() { data }: EventOf<typeof OrderCreated>, @Ctx() { tx }: EventContext): Promise<void> {
    const { businessId, buyer } = data;
    await (buyer.customerId === null
      ? this.recordFact.execute(tx, data, {})
      : this.repeatDeletion.execute(tx, { customerId: buyer.customerId, businessId }));
  }

  @OnEvent(OrderJoinedAccount)
  async onOrderJoinedAccount(
    @Payload() { data }: EventOf<typeof OrderJoinedAccount>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.moveOrderToAccount.execute(tx, data);
  }

  @OnEvent(OrderPaid)
  async onOrderPaid(@Payload() { data }: EventOf<typeof OrderPaid>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.recordFact.execute(tx, data, { paidAt: new Date(data.paidAt) });
  }

  /** A refund of money that never settled the order concerns nobody's figures. */
  @OnEvent(PaymentRefunded)
  async onPaymentRefunded(
    @Payload() { data }: EventOf<typeof PaymentRefunded>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    if (!data.settlesOrder) return;
    await this.recordFact.execute(tx, data, { refundedTotalPaise: paiseFromWire(data.refundedTotalPaise) });
  }
}
