import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { RequestRefund } from '../refunds/request-refund.js';
import { closeAccount } from './closing.repository.js';
import { lockPayment } from './payment.repository.js';

/**
 * The order was cancelled. Leaves a tombstone, also where there was no payment yet, so that whatever is captured later goes
 * back; what had settled it goes back now. The account's lock decides who of a capture and a cancellation is second.
 */
@Injectable()
export class CloseOrder {
  constructor(private readonly requestRefund: RequestRefund) {}

  async execute(tx: SqlTx, order: { readonly orderId: string; readonly reason: string }): Promise<void> {
    const { settlingPaymentId } = await closeAccount(tx, order.orderId, order.reason);
    if (settlingPaymentId === null) return;
    const locked = await lockPayment(tx, settlingPaymentId);
    if (locked === undefined) throw new Error('a settling payment is never deleted');
    await this.requestRefund.execute(tx, locked, { cause: 'order-cancelled', reason: order.reason });
  }
}
