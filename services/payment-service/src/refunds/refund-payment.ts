import { Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { paiseToWire, rupeesFromPaise } from '@reseller/money';
import { Database, type SqlTx } from '@reseller/persistence';
import { conflict, unprocessable } from '@reseller/runtime';
import { paymentNotFound } from '../payments/payment-access.js';
import { lockPayment } from '../payments/payment.repository.js';
import { GATEWAY_MIN_PAISE, refundablePaise, type Payment } from '../payments/payment.js';
import { RequestRefund } from './request-refund.js';
import type { Refund } from './refund.js';

export interface RefundPaymentCommand {
  /** The id of the new refund, the same for each try of one Idempotency-Key. */
  readonly id: string;
  readonly paymentId: string;
  /** Left out: everything that is left. */
  readonly amountPaise: bigint | undefined;
  readonly reason: string;
  readonly notes: Readonly<Record<string, string>> | undefined;
  readonly requestedBy: string;
  readonly remember: (tx: SqlTx, refund: Refund) => Promise<void>;
}

/** An administrator gives money back. What may still be given back is decided under the payment's lock. */
@Injectable()
export class RefundPayment {
  constructor(
    private readonly database: Database,
    private readonly requestRefund: RequestRefund,
  ) {}

  /** @throws 404, 409 PAYMENT_NOT_CAPTURED | NOTHING_TO_REFUND, 422 REFUND_EXCEEDS_CAPTURED | AMOUNT_TOO_SMALL */
  execute(command: RefundPaymentCommand): Promise<Refund> {
    return this.database.sqlTransaction(async (tx) => {
      const locked = await lockPayment(tx, command.paymentId);
      if (locked === undefined) throw paymentNotFound();
      const amountPaise = requireRefundable(locked.payment, command.amountPaise);
      const refund = await this.requestRefund.execute(tx, locked, {
        id: command.id,
        cause: `admin:${command.id}`,
        reason: command.reason,
        amountPaise,
        requestedBy: command.requestedBy,
        ...(command.notes === undefined ? {} : { notes: command.notes }),
      });
      if (refund === undefined) throw conflict('NOTHING_TO_REFUND', 'This refund was asked for already.');
      await appendToOutbox(tx, [refundRequested(refund, command.requestedBy, locked.now)]);
      await command.remember(tx, refund);
      return refund;
    });
  }
}

function requireRefundable(payment: Payment, wantedPaise: bigint | undefined): bigint {
  if (payment.capturedAt === null)
    throw conflict('PAYMENT_NOT_CAPTURED', 'There is no money of this payment to give back.');
  const leftPaise = refundablePaise(payment);
  if (leftPaise === 0n)
    throw conflict('NOTHING_TO_REFUND', 'Everything was given back already, or is being given back.');
  const amountPaise = wantedPaise ?? leftPaise;
  if (amountPaise > leftPaise) {
    throw unprocessable('REFUND_EXCEEDS_CAPTURED', 'That is more than is left of this payment.', {
      refundable: rupeesFromPaise(leftPaise),
    });
  }
  if (payment.provider === 'RAZORPAY' && amountPaise < GATEWAY_MIN_PAISE) {
    throw unprocessable('AMOUNT_TOO_SMALL', 'Razorpay gives back ₹1 at least.', {
      refundable: rupeesFromPaise(leftPaise),
    });
  }
  return amountPaise;
}

function refundRequested(refund: Refund, actorId: string, now: Date) {
  return adminAction({
    actorId,
    action: 'REFUND_REQUESTED',
    subjectType: 'payment',
    subjectId: refund.paymentId,
    before: null,
    after: { refundId: refund.id, refundNumber: refund.refundNumber, amountPaise: paiseToWire(refund.amountPaise) },
    reason: refund.reason,
    businessId: refund.businessId,
    occurredAt: now,
  });
}
