import { Inject, Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { LOGGER, newId, type Logger } from '@reseller/runtime';
import { bumpVersion, lockCaptured, type Locked } from '../payments/payment.repository.js';
import { refundablePaise } from '../payments/payment.js';
import type { GatewayRefund } from '../razorpay/razorpay-entities.js';
import { refundNeedsOtherMeans, refundProcessed } from './refund-events.js';
import {
  addRefunded,
  insertRefund,
  keepFailure,
  reduceRefund,
  refundsOf,
  takeRefundedBack,
  updateRefund,
} from './refund.repository.js';
import { decideRefund, isOf, owedAnyway, reduceOwed, refusal, type Refund, type RefundFailure } from './refund.js';

/** How long Razorpay may keep a refund pending before we ask; its webhook usually says it first. */
const PENDING_POLL_MS = 600_000;

/** Our books cannot hold it: a webhook that says so waits for a person, reconciliation reports it. */
export class RefundExceedsPayment extends Error {
  constructor(razorpayRefundId: string) {
    super(`Razorpay gave back more than was captured and not given back yet, by ${razorpayRefundId}`);
  }
}

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
      if (fact.status === 'failed') await keepFailure(tx, locked.payment.id, fact.id);
      // What comes after a failure is older news of the same refund: a webhook that was overtaken.
      else if (locked.payment.failedRefundIds.includes(fact.id)) return true;
      const refunds = await refundsOf(tx, locked.payment.id);
      const known = refunds.find((refund) => isOf(refund, fact));
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
    if (reductions === null) throw new RefundExceedsPayment(fact.id);
    for (const reduction of reductions) await reduceRefund(tx, reduction);
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
      replacesPaise: shortfallPaise > 0n ? shortfallPaise : 0n,
      // Counted as refunded by who has heard of it, whether this one arrives or not.
      bouncedPaise: reductions.reduce((sum, { takenBouncedPaise }) => sum + takenBouncedPaise, 0n),
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
        return this.callOff(tx, locked, refund);
      case 'bounced':
        return this.bounce(tx, locked, refund);
    }
  }

  /** Made in the dashboard, and it failed there: what is owed all the same is ours to make now. */
  private async callOff(tx: SqlTx, locked: Locked, refund: Refund): Promise<void> {
    const allMustGoBack = locked.account.closedAt !== null || !locked.payment.settles;
    const owedPaise = owedAnyway(refund, allMustGoBack);
    // What it took over is owed still, so nothing of that is taken from it.
    await reduceRefund(tx, { refund, leftPaise: owedPaise, takenBouncedPaise: 0n });
    if (owedPaise === 0n) return;
    const reason = 'The refund made in the dashboard failed, and its amount is owed.';
    const failure = { change: refusal(refund), reason, newRound: true };
    await this.fail(tx, locked, { ...refund, amountPaise: owedPaise }, failure);
  }

  /**
   * The customer was told that the money is there, and it is not: a person has to find another way, for the bank that sent
   * it back would do so again. Others keep counting it as refunded, because it is owed.
   */
  private async bounce(tx: SqlTx, { account, payment, now }: Locked, refund: Refund): Promise<void> {
    const reason = 'Razorpay had processed the refund, and it failed afterwards.';
    await updateRefund(tx, refund.id, {
      ...refund,
      status: 'NEEDS_OTHER_MEANS',
      razorpayRefundId: null,
      round: refund.round + 1,
      nextTryAfterMs: null,
      lastError: reason,
      bounced: true,
    });
    const owing = await takeRefundedBack(tx, payment, refund);
    this.logger.error({ refundId: refund.id, refundNumber: refund.refundNumber }, 'a processed refund failed');
    const why = { reason, now, wasProcessed: true };
    await appendToOutbox(tx, [refundNeedsOtherMeans(refund, owing, account, why)]);
    await bumpVersion(tx, payment.subjectId);
  }

  /** The money is with the customer: the moment that the world is told. */
  async finish(tx: SqlTx, { account, payment, now }: Locked, refund: Refund, otherMeans?: string): Promise<void> {
    await updateRefund(tx, refund.id, {
      ...refund,
      status: 'PROCESSED',
      nextTryAfterMs: null,
      ...(otherMeans === undefined ? {} : { otherMeans }),
    });
    const refunded = await addRefunded(tx, payment, refund);
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
