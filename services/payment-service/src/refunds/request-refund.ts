import { Injectable } from '@nestjs/common';
import { appendToOutbox } from '@reseller/messaging';
import type { SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { bumpVersion, type Locked } from '../payments/payment.repository.js';
import { refundablePaise } from '../payments/payment.js';
import { ProcessRefunds } from './process-refunds.js';
import { refundNeedsOtherMeans } from './refund-events.js';
import { insertRefund } from './refund.repository.js';
import { whyNotThroughGateway, type Refund } from './refund.js';

export interface RefundRequest {
  readonly id?: string;
  /** The same word for the same reason, however often it is told: it pays once. */
  readonly cause: string;
  readonly reason: string;
  /** Left out: everything that is left. */
  readonly amountPaise?: bigint;
  /** Where the money came in another currency than it was asked for. */
  readonly currency?: string;
  readonly notes?: Readonly<Record<string, string>>;
  readonly requestedBy?: string;
}

/** Writes down that money goes back. Nothing is called here: a worker with a lease and an idempotency key does that. */
@Injectable()
export class RequestRefund {
  constructor(private readonly worker: ProcessRefunds) {}

  /**
   * @param locked the payment and its account, locked by the caller
   * @returns undefined where this cause is known already, or where nothing (or not that much) is left to give back
   */
  async execute(tx: SqlTx, { account, payment, now }: Locked, request: RefundRequest): Promise<Refund | undefined> {
    const amountPaise = request.amountPaise ?? refundablePaise(payment);
    const obstacle = whyNotThroughGateway(payment, amountPaise);
    const refund = await insertRefund(tx, payment.id, {
      id: request.id ?? newId(),
      cause: request.cause,
      reason: request.reason,
      amountPaise,
      currency: request.currency ?? payment.currency,
      status: obstacle === null ? 'REQUESTED' : 'NEEDS_OTHER_MEANS',
      origin: 'PLATFORM',
      razorpayRefundId: null,
      notes: request.notes ?? null,
      requestedBy: request.requestedBy ?? null,
    });
    if (refund === undefined) return undefined;
    if (obstacle === null) {
      tx.afterCommit(() => this.worker.nudge());
    } else {
      await appendToOutbox(tx, [refundNeedsOtherMeans(refund, payment, account, { reason: obstacle, now })]);
      await bumpVersion(tx, payment.subjectId);
    }
    return refund;
  }
}
