import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { LOGGER, newId, type Logger } from '@reseller/runtime';
import { bumpVersion, lockCaptured, type Locked } from '../payments/payment.repository.js';
import { refundablePaise } from '../payments/payment.js';
import type { GatewayRefund } from '../razorpay/razorpay-entities.js';
import { refundNeedsOtherMeans, refundProcessed } from './refund-events.js';
import { addRefunded, insertRefund, reduceRefund, refundsOf, updateRefund } from './refund.repository.js';
import { decideRefund, reduceOwed, type Refund, type RefundFailure } from './refund.js';

/** How long Razorpay may keep a refund pending before we ask; its webhook usually says it first. */
const PENDING_POLL_MS = 600_000;

/**
 * The one idempotent step from a refund at Razorpay to ours, whoever tells of it: the answer to our request, a webhook, a
 * poll. One that we never asked for was made in the dashboard and is imported.
 */
@Injectable()
export class ApplyGatewayRefund {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns false where we know no captured payment that it could belong to. */
  execute(fact: GatewayRefund): Promise<boolean> {
    return this.database.sqlTransaction(async (tx) => {
      const locked = await lockCaptured(tx, fact.paymentId);
      if (locked === undefined) return false;
      const refunds = await refundsOf(tx, locked.payment.id);
      const known = refunds.find(
        ({ id, razorpayRefundId }) => razorpayRefundId === fact.id || id === fact.notes['refundId'],
      );
      const refund = known ?? (await this.importFromDashboard(tx, locked, refunds, fact));
      if (refund !== undefined) await this.apply(tx, locked, refund, fact);
      return true;
    });
  }

  private async importFromDashboard(
    tx: SqlTx,
    locked: Locked,
    refunds: readonly Refund[],
    fact: GatewayRefund,
  ): Promise<Refund | undefined> {
    // A refund that failed before we heard of it moved nothing.
    if (fact.status === 'failed') return undefined;
    const shortfallPaise = fact.amountPaise - refundablePaise(locked.payment);
    const reductions = shortfallPaise > 0n ? reduceOwed(refunds, shortfallPaise) : [];
    if (reductions === null) throw new Error('Razorpay gave back more than was captured and not given back yet');
    for (const { refund, leftPaise } of reductions) await reduceRefund(tx, refund, leftPaise);
    return insertRefund(tx, locked.payment.id, {
      id: newId(),
      cause: `dashboard:${fact.id}`,
      reason: 'Made in the Razorpay dashboard.',
      amountPaise: fact.amountPaise,
      currency: fact.currency,
      status: 'PENDING',
      origin: 'DASHBOARD',
      razorpayRefundId: fact.id,
      notes: null,
      requestedBy: null,
    });
  }

  private async apply(tx: SqlTx, locked: Locked, refund: Refund, fact: GatewayRefund): Promise<void> {
    const change = decideRefund(refund, fact);
    switch (change.kind) {
      case 'none':
        return;
      case 'pending':
        return updateRefund(tx, refund.id, {
          ...refund,
          status: 'PENDING',
          razorpayRefundId: fact.id,
          nextTryAfterMs: PENDING_POLL_MS,
        });
      case 'processed':
        return this.finish(tx, locked, { ...refund, razorpayRefundId: fact.id });
      case 'failed':
        return this.fail(tx, locked, refund, {
          change,
          reason: 'Razorpay could not carry the refund out.',
          newRound: true,
        });
      case 'called-off':
        await reduceRefund(tx, refund, 0n);
        return;
    }
  }

  /** The money is with the customer: the moment that the world is told. */
  async finish(tx: SqlTx, { account, payment, now }: Locked, refund: Refund, otherMeans?: string): Promise<void> {
    await updateRefund(tx, refund.id, {
      ...refund,
      status: 'PROCESSED',
      nextTryAfterMs: null,
      ...(otherMeans === undefined ? {} : { otherMeans }),
    });
    const refunded = await addRefunded(tx, payment, refund.amountPaise);
    await appendToOutbox(tx, [refundProcessed(refund, refunded, account, now)]);
    await bumpVersion(tx, payment.subjectId);
  }

  /** A refusal: tried again later, or, after the last one, left to a person and told. */
  async fail(
    tx: SqlTx,
    { account, payment, now }: Locked,
    refund: Refund,
    failure: { change: RefundFailure; reason: string; newRound: boolean },
  ): Promise<void> {
    const { isFinal, retryAfterMs } = failure.change;
    await updateRefund(tx, refund.id, {
      status: isFinal ? 'NEEDS_OTHER_MEANS' : 'FAILED_RETRYING',
      razorpayRefundId: null,
      // Razorpay answers a used key with the refund that failed, so another try needs another key.
      round: failure.newRound ? refund.round + 1 : refund.round,
      refusals: refund.refusals + 1,
      nextTryAfterMs: isFinal ? null : retryAfterMs,
      lastError: failure.reason,
    });
    if (!isFinal) return;
    this.logger.error({ refundId: refund.id, refundNumber: refund.refundNumber }, 'a refund needs other means');
    await appendToOutbox(tx, [refundNeedsOtherMeans(refund, payment, account, { reason: failure.reason, now })]);
    await bumpVersion(tx, payment.subjectId);
  }
}
