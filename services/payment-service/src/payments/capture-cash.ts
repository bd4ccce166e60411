import { Injectable } from '@nestjs/common';
import type { OrderSnapshot } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { RefundReturnedOrder } from '../refunds/refund-returned-order.js';
import { SettleWithoutGateway } from './settle-without-gateway.js';

/** The courier took the cash when the parcel arrived: only now is the order paid. */
@Injectable()
export class CaptureCash {
  constructor(
    private readonly settleWithoutGateway: SettleWithoutGateway,
    private readonly refundReturnedOrder: RefundReturnedOrder,
  ) {}

  async execute(tx: SqlTx, snapshot: OrderSnapshot): Promise<void> {
    if (snapshot.paymentMethod !== 'COD') return;
    const payment = await this.settleWithoutGateway.within(tx, {
      id: newId(),
      provider: 'COD',
      snapshot,
      recordedBy: null,
      notes: null,
    });
    await this.refundReturnedOrder.afterCapture(tx, snapshot.orderId, payment.id);
  }
}
