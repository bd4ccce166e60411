import { eventOf, PaymentRefunded, PaymentRefundFailed, type DomainEvent } from '@reseller/contracts';
import { paiseToWire } from '@reseller/money';
import { factAbout, paymentFact } from '../payments/payment-events.js';
import type { Payment, SubjectAccount } from '../payments/payment.js';
import type { Refund } from './refund.js';

/** @param payment after the refund: what it says of refunds so far is cumulative. */
export function refundProcessed(refund: Refund, payment: Payment, account: SubjectAccount, now: Date): DomainEvent {
  return eventOf(PaymentRefunded, {
    ...factAbout(payment, account, now),
    data: {
      ...payment.snapshot,
      payment: paymentFact(payment),
      refundId: refund.id,
      refundNumber: refund.refundNumber,
      refundPaise: paiseToWire(refund.amountPaise),
      refundedTotalPaise: paiseToWire(payment.refundedPaise),
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
  why: { readonly reason: string; readonly now: Date },
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
    },
  });
}
