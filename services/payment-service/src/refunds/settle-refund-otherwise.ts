import { Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { conflict } from '@reseller/runtime';
import { lockPayment } from '../payments/payment.repository.js';
import { ApplyGatewayRefund } from './apply-gateway-refund.js';
import { refundNotFound } from './find-refund.js';
import { findRefund } from './refund.repository.js';
import type { Refund } from './refund.js';

/** A refund that Razorpay would not make has reached the customer another way: an administrator says how. */
@Injectable()
export class SettleRefundOtherwise {
  constructor(
    private readonly database: Database,
    private readonly applyGatewayRefund: ApplyGatewayRefund,
  ) {}

  /** @throws 404, 409 where the refund does not wait for other means */
  execute(refundId: string, said: { readonly means: string; readonly actorId: string }): Promise<Refund> {
    return this.database.sqlTransaction(async (tx) => {
      const found = await findRefund(tx, refundId);
      const locked = found && (await lockPayment(tx, found.paymentId));
      // Read again under the lock: it may have changed while that was waited for.
      const current = await findRefund(tx, refundId);
      if (locked === undefined || current === undefined) throw refundNotFound();
      if (current.status !== 'NEEDS_OTHER_MEANS') {
        throw conflict('INVALID_STATUS_TRANSITION', 'Only a refund that needs other means is settled this way.', {
          from: current.status,
          to: 'PROCESSED',
        });
      }
      await this.applyGatewayRefund.finish(tx, locked, current, said.means);
      await appendToOutbox(tx, [settledOtherwise(current, said, locked.now)]);
      return (await findRefund(tx, refundId)) ?? current;
    });
  }
}

function settledOtherwise(refund: Refund, { means, actorId }: { means: string; actorId: string }, now: Date) {
  return adminAction({
    actorId,
    action: 'REFUND_SETTLED_OTHERWISE',
    subjectType: 'refund',
    subjectId: refund.id,
    before: { status: refund.status },
    after: { status: 'PROCESSED', means },
    reason: means,
    businessId: refund.businessId,
    occurredAt: now,
  });
}
