import { Injectable } from '@nestjs/common';
import { administers, type Identity } from '@reseller/http';
import { PaymentClient } from '../clients/payment.client.js';
import { canMove } from './order-status.js';
import { OrderQueries } from './order.queries.js';
import { orderRefunded } from './order.js';

/** Looks before a parcel leaves: payment knows of refunds that are only under way, of which no event has told yet. */
@Injectable()
export class MoneyKept {
  constructor(
    private readonly queries: OrderQueries,
    private readonly payment: PaymentClient,
  ) {}

  /**
   * Outside transactions, for payment is asked; who may ship is checked by what follows.
   *
   * @throws 409 ORDER_REFUNDED where all that was paid goes back; 503 while payment cannot be asked
   */
  async require(ref: string, caller: Identity): Promise<void> {
    const order = await this.queries.find(ref);
    if (order === undefined || !administers(caller, order.businessId)) return;
    if (order.paidAt === null || !canMove(order.status, 'SHIPPED', 'ADMIN')) return;
    if (await this.payment.isGoingBack(order.id)) throw orderRefunded();
  }
}
