import { Injectable } from '@nestjs/common';
import type { SqlTx } from '@reseller/persistence';
import { lockAccount, lockPayment } from '../payments/payment.repository.js';
import { refundablePaise } from '../payments/payment.js';
import { awaitRefund, takeAwaitedRefunds, type ReturnedOrder } from './awaited-refund.repository.js';
import { RequestRefund } from './request-refund.js';

/**
 * Goods came back and money goes back. A cash order's return may be told before its delivery, and so before its cash:
 * then it waits for the capture. No return gives back more than is left.
 */
@Injectable()
export class RefundReturnedOrder {
  constructor(private readonly requestRefund: RequestRefund) {}

  async execute(tx: SqlTx, returned: ReturnedOrder): Promise<void> {
    if (returned.amountPaise === 0n) return;
    const { account } = await lockAccount(tx, returned.orderId);
    if (account.settlingPaymentId === null) return awaitRefund(tx, returned);
    await this.refund(tx, account.settlingPaymentId, returned);
  }

  /** What waited for the capture that has just been recorded in this transaction. */
  async afterCapture(tx: SqlTx, orderId: string, paymentId: string): Promise<void> {
    for (const awaited of await takeAwaitedRefunds(tx, orderId)) await this.refund(tx, paymentId, awaited);
  }

  private async refund(tx: SqlTx, paymentId: string, { cause, reason, amountPaise }: ReturnedOrder): Promise<void> {
    const locked = await lockPayment(tx, paymentId);
    if (locked === undefined) throw new Error('a settling payment is never deleted');
    const leftPaise = refundablePaise(locked.payment);
    if (leftPaise === 0n) return;
    await this.requestRefund.execute(tx, locked, {
      cause,
      reason,
      amountPaise: amountPaise < leftPaise ? amountPaise : leftPaise,
    });
  }
}
