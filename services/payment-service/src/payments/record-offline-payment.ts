import { Injectable } from '@nestjs/common';
import { orderSnapshotSchema } from '@reseller/contracts';
import { conflict, newId } from '@reseller/runtime';
import { OrderClient } from '../clients/order.client.js';
import { SettleWithoutGateway } from './settle-without-gateway.js';

export interface RecordOfflinePaymentCommand {
  readonly orderId: string;
  readonly actorId: string;
  readonly notes: string | null;
}

/** An administrator says that the money came in another way: a payment of its own, with who and why. */
@Injectable()
export class RecordOfflinePayment {
  constructor(
    private readonly orders: OrderClient,
    private readonly settleWithoutGateway: SettleWithoutGateway,
  ) {}

  /** Idempotent by order. @returns the id of the payment that settles it. @throws 404, 409 ORDER_NOT_PAYABLE */
  async execute({ orderId, actorId, notes }: RecordOfflinePaymentCommand): Promise<string> {
    const order = await this.orders.payable(orderId);
    // Whatever its window says: the administrator has the money.
    if (order.status !== 'PENDING') {
      throw conflict('ORDER_NOT_PAYABLE', 'This order does not wait for money.', {
        reason: order.reason ?? order.status,
      });
    }
    const payment = await this.settleWithoutGateway.execute({
      id: newId(),
      provider: 'OFFLINE',
      snapshot: orderSnapshotSchema.parse(order),
      recordedBy: actorId,
      notes,
    });
    return payment.id;
  }
}
