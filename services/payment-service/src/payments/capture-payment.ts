import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox, OutboxRelay } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { LOGGER, newId, type Logger } from '@reseller/runtime';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { RequestRefund } from '../refunds/request-refund.js';
import { insertCaptured, updateCaptured } from './captured-payment.repository.js';
import { paymentSucceeded } from './payment-events.js';
import {
  findByRazorpayPayment,
  lockHolder,
  markSettled,
  recordAttempt,
  settle,
  type Locked,
} from './payment.repository.js';
import { captured, decideCapture, type CaptureDecision, type Payment } from './payment.js';
import type { Recorded } from './recorded.js';

export interface CaptureSource {
  /** The webhook that tells of it, marked as worked in the same statement. */
  readonly webhookId?: string;
  /** Where the caller knows which order was meant: that of the fact is then compared with it. */
  readonly razorpayOrderId?: string;
}

/**
 * The one idempotent step from money at Razorpay to a payment of ours. Webhooks, verify, reconciliation, administrators
 * and the expiry of orders all end here, as often and in whatever order they like: the first one has the effect.
 *
 * The account's lock makes captures and cancellations come one after another. What settles the order is told once as
 * PAYMENT_SUCCESS; what comes second, late or wrong is recorded and goes back, and nobody's figures hear of it.
 */
@Injectable()
export class CapturePayment {
  constructor(
    private readonly database: Database,
    private readonly requestRefund: RequestRefund,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  execute(fact: GatewayPayment, source: CaptureSource = {}): Promise<Recorded> {
    const razorpayOrderId = source.razorpayOrderId ?? fact.orderId;
    if (razorpayOrderId === null) return Promise.resolve('unknown-order');
    return this.database.sqlTransaction(async (tx) => {
      const locked = await lockHolder(tx, razorpayOrderId);
      if (locked === undefined) return 'unknown-order';
      return this.record(tx, locked, fact, source.webhookId ?? null);
    });
  }

  private async record(tx: SqlTx, locked: Locked, fact: GatewayPayment, webhookId: string | null): Promise<Recorded> {
    const { account, payment, now } = locked;
    const decision = decideCapture(account, payment, fact);
    if (decision.kind === 'known') return 'nothing-new';
    if (decision.kind === 'settles' && payment.capturedAt === null) {
      const settled = captured(payment, fact, { settles: true, status: 'SUCCESS' }, now);
      await settle(tx, settled, fact, { event: paymentSucceeded(settled, account, now), webhookId });
      tx.afterCommit(() => OutboxRelay.nudge());
      return 'recorded';
    }
    await this.recordUnusual(tx, locked, fact, decision);
    return 'nothing-new';
  }

  /** Money that does not settle, or that settles beside a capture which did not: rare, so it is written step by step. */
  private async recordUnusual(
    tx: SqlTx,
    { account, payment, now }: Locked,
    fact: GatewayPayment,
    decision: Exclude<CaptureDecision, { kind: 'known' }>,
  ): Promise<void> {
    // Known by its Razorpay id: a further capture of the same Razorpay order has a payment of its own.
    const earlier = await findByRazorpayPayment(tx, fact.id);
    if (earlier?.capturedAt != null) return;
    const row = payment.capturedAt === null ? payment : furtherPayment(payment, fact);
    // An attempt of another order of ours: what it means is decided there.
    if (earlier !== undefined && earlier.id !== row.id) return;
    const settles = decision.kind === 'settles';
    const isIntact = settles || decision.cause !== 'integrity-failed';
    const taken: Payment = {
      ...captured(row, fact, { settles, status: isIntact ? 'SUCCESS' : 'INTEGRITY_FAILED' }, now),
      failureReason: settles ? null : decision.reason,
    };
    if (row === payment) await updateCaptured(tx, taken, fact);
    else await insertCaptured(tx, taken, { recordedBy: null, notes: null, fees: fact });
    await recordAttempt(tx, taken.id, fact, 'captured');
    if (settles) {
      await appendToOutbox(tx, [paymentSucceeded(taken, account, now)]);
      await markSettled(tx, taken);
      return;
    }
    this.logger.warn(
      { paymentId: taken.id, orderId: taken.subjectId, cause: decision.cause },
      'captured money goes back',
    );
    await this.requestRefund.execute(
      tx,
      { account, payment: taken, now },
      {
        cause: decision.cause,
        reason: decision.reason,
        currency: fact.currency,
      },
    );
  }
}

/** Each capture is given back by itself, so each has a row. */
function furtherPayment(holder: Payment, fact: GatewayPayment): Payment {
  return {
    ...holder,
    id: newId(),
    amountPaise: fact.amountPaise,
    currency: fact.currency,
    isOpen: false,
    settles: false,
    receipt: null,
    holdsRazorpayOrder: false,
    refundCommittedPaise: 0n,
    refundedPaise: 0n,
    bouncedPaise: 0n,
    failedRefundIds: [],
    authorizedAt: null,
    refundedAt: null,
    refundReason: null,
  };
}
