import { eventOf, PaymentFailed, PaymentSuccess, type DomainEvent } from '@reseller/contracts';
import { paiseToWire } from '@reseller/money';
import type { Payment, SubjectAccount } from './payment.js';

/** A payment as events name it. */
export function paymentFact(payment: Payment) {
  return {
    paymentId: payment.id,
    provider: payment.provider,
    method: payment.method,
    gatewayOrderId: payment.razorpayOrderId,
    gatewayPaymentId: payment.razorpayPaymentId,
    amountPaise: paiseToWire(payment.amountPaise),
  };
}

/** What all events about an order's payment have in common; the account's version orders them. */
export function factAbout(payment: Payment, account: Pick<SubjectAccount, 'version'>, now: Date) {
  return {
    aggregateId: payment.subjectId,
    aggregateVersion: account.version + 1n,
    businessId: payment.businessId,
    occurredAt: now,
  };
}

export function paymentSucceeded(payment: Payment, account: SubjectAccount, now: Date): DomainEvent {
  return eventOf(PaymentSuccess, {
    ...factAbout(payment, account, now),
    data: { ...payment.snapshot, payment: paymentFact(payment), capturedAt: now.toISOString() },
  });
}

export function paymentFailed(payment: Payment, account: SubjectAccount, reason: string, now: Date): DomainEvent {
  return eventOf(PaymentFailed, {
    ...factAbout(payment, account, now),
    data: {
      ...payment.snapshot,
      payment: paymentFact(payment),
      reason,
      attempt: account.failedAttempts + 1,
      failedAt: now.toISOString(),
    },
  });
}
