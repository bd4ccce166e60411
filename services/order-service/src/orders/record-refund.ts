import { Injectable } from '@nestjs/common';
import type { EventOf, PaymentRefunded, PaymentRefundFailed } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { changeOrder } from './order.repository.js';
import { recordFailedRefund, recordRefund } from './order.js';
import { requireKnown } from './require-known.js';

/** Keeps what payment tells of refunds. */
@Injectable()
export class RecordRefund {
  /** A refund of money that never settled the order (a second capture, one after expiry) is none of the order's business. */
  async processed(tx: SqlTx, data: EventOf<typeof PaymentRefunded>['data']): Promise<void> {
    if (!data.settlesOrder) return;
    const { orderId, refundNumber, refundedTotalPaise } = data;
    const order = await changeOrder(tx, orderId, (current, now) =>
      recordRefund(current, { refundNumber, refundedTotalPaise: BigInt(refundedTotalPaise) }, now),
    );
    requireKnown(order, orderId);
  }

  async failed(tx: SqlTx, data: EventOf<typeof PaymentRefundFailed>['data']): Promise<void> {
    // Left out by older events, which were of what settled.
    if (data.settlesOrder === false) return;
    const { orderId, refundNumber, reason } = data;
    const order = await changeOrder(tx, orderId, (current, now) =>
      recordFailedRefund(current, { refundNumber, reason }, now),
    );
    requireKnown(order, orderId);
  }
}
