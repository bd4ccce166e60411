import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  OrderCancelled,
  OrderConfirmed,
  OrderPaid,
  OrderPaymentExtended,
  OrderReturned,
  type EventOf,
  type OrderSnapshot,
} from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { ConvertReservation } from './convert-reservation.js';
import { ReleaseReservation } from './release-reservation.js';
import { mergeItems, type ReservationOwner } from './reservation.js';
import { ReservationRepository } from './reservation.repository.js';
import { RestockReturned } from './restock-returned.js';

const ownerOf = ({ orderId }: Pick<OrderSnapshot, 'orderId'>): ReservationOwner => ({
  ownerType: 'ORDER',
  ownerId: orderId,
});

@Controller()
export class ReservationsConsumer {
  constructor(
    private readonly convertReservation: ConvertReservation,
    private readonly releaseReservation: ReleaseReservation,
    private readonly restockReturned: RestockReturned,
    private readonly reservations: ReservationRepository,
  ) {}

  @OnEvent(OrderPaid)
  async onOrderPaid(@Payload() event: EventOf<typeof OrderPaid>, @Ctx() context: EventContext): Promise<void> {
    await this.convert(event.data, event.actor, context);
  }

  @OnEvent(OrderConfirmed)
  async onOrderConfirmed(
    @Payload() event: EventOf<typeof OrderConfirmed>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.convert(event.data, event.actor, context);
  }

  @OnEvent(OrderCancelled)
  async onOrderCancelled(
    @Payload() event: EventOf<typeof OrderCancelled>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.releaseReservation.execute(context.tx, {
      ...ownerOf(event.data),
      reason: event.data.reason,
      isCancelled: true,
      // The payment window passed, or the payment failed under the policy that this ends the order.
      isExpired: event.data.cancelledBy === 'SYSTEM',
      actor: event.actor,
    });
  }

  @OnEvent(OrderPaymentExtended)
  async onOrderPaymentExtended(
    @Payload() { data }: EventOf<typeof OrderPaymentExtended>,
    @Ctx() { tx }: EventContext,
  ): Promise<void> {
    await this.reservations.extend(tx, ownerOf(data), new Date(data.paymentExpiresAt));
  }

  @OnEvent(OrderReturned)
  async onOrderReturned(@Payload() event: EventOf<typeof OrderReturned>, @Ctx() context: EventContext): Promise<void> {
    await this.restockReturned.execute(context.tx, {
      ...ownerOf(event.data),
      ordered: mergeItems(event.data.items),
      restock: event.data.restock,
      reason: event.data.cause,
      actor: event.actor,
    });
  }

  private async convert(order: OrderSnapshot, actor: string | null, { tx }: EventContext): Promise<void> {
    await this.convertReservation.execute(tx, {
      ...ownerOf(order),
      businessId: order.businessId,
      items: mergeItems(order.items),
      actor,
    });
  }
}
