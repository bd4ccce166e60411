import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  OrderAnonymised,
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
  OrderDelivered,
  OrderPaid,
  OrderReturned,
  OrderShipped,
  type DomainEvent,
  type EventOf,
  type OrderSnapshot,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { orderFacts } from '../live/live-event.js';
import { RecordLiveEvent } from '../live/record-live-event.js';
import {
  orderCancelled,
  orderConfirmed,
  orderDelivered,
  orderPaid,
  orderPlaced,
  orderReturned,
  orderShipped,
} from '../templates/order-wording.js';
import type { Wording } from '../templates/wording.js';
import { BATCHED } from './batched.js';
import { ForgetOrderBuyer } from './forget-order-buyer.js';
import { TellBuyer } from './tell-buyer.js';

/** What happens to orders, told to who bought and shown to administrators. */
@Controller()
export class OrdersConsumer {
  constructor(
    private readonly tellBuyer: TellBuyer,
    private readonly recordLiveEvent: RecordLiveEvent,
    private readonly forgetOrderBuyer: ForgetOrderBuyer,
  ) {}

  @OnEvent(OrderCreated, BATCHED)
  onOrderCreated(@Payload() event: EventOf<typeof OrderCreated>, @Ctx() { tx }: EventContext): void {
    this.tell(tx, event, orderPlaced(event));
  }

  @OnEvent(OrderPaid, BATCHED)
  onOrderPaid(@Payload() event: EventOf<typeof OrderPaid>, @Ctx() { tx }: EventContext): void {
    this.tell(tx, event, orderPaid(event));
  }

  @OnEvent(OrderConfirmed, BATCHED)
  onOrderConfirmed(@Payload() event: EventOf<typeof OrderConfirmed>, @Ctx() { tx }: EventContext): void {
    this.tell(tx, event, orderConfirmed(event));
  }

  @OnEvent(OrderShipped, BATCHED)
  onOrderShipped(@Payload() event: EventOf<typeof OrderShipped>, @Ctx() { tx }: EventContext): void {
    this.tell(tx, event, orderShipped(event));
  }

  @OnEvent(OrderDelivered, BATCHED)
  onOrderDelivered(@Payload() event: EventOf<typeof OrderDelivered>, @Ctx() { tx }: EventContext): void {
    this.tell(tx, event, orderDelivered(event));
  }

  @OnEvent(OrderCancelled, BATCHED)
  onOrderCancelled(@Payload() event: EventOf<typeof OrderCancelled>, @Ctx() { tx }: EventContext): void {
    this.tell(tx, event, orderCancelled(event));
  }

  @OnEvent(OrderReturned, BATCHED)
  onOrderReturned(@Payload() event: EventOf<typeof OrderReturned>, @Ctx() { tx }: EventContext): void {
    this.tell(tx, event, orderReturned(event));
  }

  @OnEvent(OrderAnonymised)
  async onOrderAnonymised(@Payload() { data }: EventOf<typeof OrderAnonymised>, @Ctx() { tx }: EventContext) {
    await this.forgetOrderBuyer.execute(tx, data.orderId);
  }

  private tell(tx: SqlTx, event: DomainEvent<string, OrderSnapshot>, wording: Wording): void {
    this.tellBuyer.execute(tx, event, wording);
    this.recordLiveEvent.execute(tx, event, orderFacts(event.data));
  }
}
