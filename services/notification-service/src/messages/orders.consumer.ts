import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  OrderCancelled,
  OrderConfirmed,
  OrderCreated,
  OrderDelivered,
  OrderPaid,
  OrderReturned,
  OrderShipped,
  type EventOf,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import {
  orderCancelled,
  orderConfirmed,
  orderDelivered,
  orderPaid,
  orderPlaced,
  orderReturned,
  orderShipped,
} from '../templates/order-wording.js';
import { BATCHED } from './batched.js';
import { TellBuyer } from './tell-buyer.js';

/** What happens to orders, told to who bought. */
@Controller()
export class OrdersConsumer {
  constructor(private readonly tellBuyer: TellBuyer) {}

  @OnEvent(OrderCreated, BATCHED)
  async onOrderCreated(@Payload() event: EventOf<typeof OrderCreated>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellBuyer.execute(tx, event, orderPlaced(event));
  }

  @OnEvent(OrderPaid, BATCHED)
  async onOrderPaid(@Payload() event: EventOf<typeof OrderPaid>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellBuyer.execute(tx, event, orderPaid(event));
  }

  @OnEvent(OrderConfirmed, BATCHED)
  async onOrderConfirmed(@Payload() event: EventOf<typeof OrderConfirmed>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellBuyer.execute(tx, event, orderConfirmed(event));
  }

  @OnEvent(OrderShipped, BATCHED)
  async onOrderShipped(@Payload() event: EventOf<typeof OrderShipped>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellBuyer.execute(tx, event, orderShipped(event));
  }

  @OnEvent(OrderDelivered, BATCHED)
  async onOrderDelivered(@Payload() event: EventOf<typeof OrderDelivered>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellBuyer.execute(tx, event, orderDelivered(event));
  }

  @OnEvent(OrderCancelled, BATCHED)
  async onOrderCancelled(@Payload() event: EventOf<typeof OrderCancelled>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellBuyer.execute(tx, event, orderCancelled(event));
  }

  @OnEvent(OrderReturned, BATCHED)
  async onOrderReturned(@Payload() event: EventOf<typeof OrderReturned>, @Ctx() { tx }: EventContext): Promise<void> {
    await this.tellBuyer.execute(tx, event, orderReturned(event));
  }
}
