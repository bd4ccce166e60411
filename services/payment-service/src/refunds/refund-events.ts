import { eventOf, PaymentRefunded, PaymentRefundFailed, type DomainEvent } from '@reseller/contracts';
import { paiseToWire } from '@reseller/money';
import { factAbout, paymentFact } from '../payments/payment-events.js';
import type { Payment, SubjectAccount } from '../payments/payment.js';
import type { Refund } from './refund.js';

/**
 * @param payment after the refund. What it says of refunds so far never shrinks: those that bounced are owed, and stay
 *   counted by who has heard of them.
 */
export function refundProcessed(refund: Refund, payment: Payment, account: SubjectAccount, now: Date): DomainEvent {
  return eventOf(PaymentRefunded, {
    ...factAbout(payment, account, now),
    data: {
      ...payment.snapshot,
      payment: paymentFact(payment),
      refundId: refund.id,
      refundNumber: refund.refundNumber,
      refundPaise: paiseToWire(refund.amountPaise),
      refundedTotalPaise: paiseToWire(payment.refundedPaise + payment.bouncedPaise),
      settlesOrder: refund.settlesOrder,
      cause: refund.cause,
      processedAt: now.toISOString(),
    },
  });
}

/** The money is still owed and Razorpay will not give it back. */
export function refundNeedsOtherMeans(
  refund: Refund,
  payment: Payment,
  account: Pick<SubjectAccount, 'version'>,
  why: { readonly reason: string; readonly now: Date; readonly wasProcessed?: boolean },
): DomainEvent {
  return eventOf(PaymentRefundFailed, {
    ...factAbout(payment, account, why.now),
    data: {
      ...payment.snapshot,
      payment: paymentFact(payment),
      refundId: refund.id,
      refundNumber: refund.refundNumber,
      owedPaise: paiseToWire(refund.amountPaise),
      reason: why.reason,
      settlesOrder: refund.settlesOrder,
      wasProcessed: why.wasProcessed ?? false,
    },
  });
}
