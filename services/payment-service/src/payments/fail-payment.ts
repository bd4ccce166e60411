import { Injectable } from '@nestjs/common';
import { OutboxRelay } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { paymentFailed } from './payment-events.js';
import { fail, lockHolder, recordAttempt } from './payment.repository.js';
import { isFailureNews } from './payment.js';
import type { Recorded } from './recorded.js';

const UNEXPLAINED = 'The payment failed.';

/** An attempt failed. The order stays open, and this very attempt may still succeed days later. */
@Injectable()
export class FailPayment {
  constructor(private readonly database: Database) {}

  execute(fact: GatewayPayment, source: { readonly webhookId?: string } = {}): Promise<Recorded> {
    const { orderId } = fact;
    if (orderId === null) return Promise.resolve('unknown-order');
    return this.database.sqlTransaction(async (tx) => {
      const locked = await lockHolder(tx, orderId);
      if (locked === undefined) return 'unknown-order';
      const { account, payment, now } = locked;
      if (!isFailureNews(account, payment, fact.id)) {
        await recordAttempt(tx, payment.id, fact, 'failed');
        return 'nothing-new';
      }
      const failed = { ...payment, razorpayPaymentId: fact.id, method: fact.method ?? payment.method };
      const event = paymentFailed(failed, account, fact.failureReason ?? UNEXPLAINED, now);
      const isNews = await fail(tx, payment, fact, { event, webhookId: source.webhookId ?? null });
      if (isNews) tx.afterCommit(() => OutboxRelay.nudge());
      return 'recorded';
    });
  }
}
