import { Injectable } from '@nestjs/common';
import type { EventOf, PaymentSuccess } from '@reseller/contracts';
import type { SqlTx } from '@reseller/persistence';
import { requireKnown } from './require-known.js';
import { changeOrder } from './order.repository.js';
import { recordPayment } from './order.js';

/** The hot step of a purchase: two statements beside the inbox row, one that locks and reads and one that writes. */
@Injectable()
export class MarkOrderPaid {
  async execute(tx: SqlTx, { orderId, payment, capturedAt }: EventOf<typeof PaymentSuccess>['data']): Promise<void> {
    const order = await changeOrder(tx, orderId, (current, now) =>
      recordPayment(
        current,
        {
          paymentId: payment.paymentId,
          gatewayPaymentId: payment.gatewayPaymentId,
          amountPaise: BigInt(payment.amountPaise),
          capturedAt: new Date(capturedAt),
          isOffline: payment.provider === 'OFFLINE',
        },
        now,
      ),
    );
    requireKnown(order, orderId);
  }
}
