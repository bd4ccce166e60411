import type { OrderSnapshot } from '@reseller/contracts';
import type { GatewayPayment } from '../razorpay/razorpay-entities.js';
import { canBecome, type PaymentStatus } from './payment-status.js';

export const PROVIDERS = ['RAZORPAY', 'OFFLINE', 'COD', 'NONE'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What a customer may say they will pay with; Razorpay knows more, and its word wins. */
export const CUSTOMER_METHODS = ['CARD', 'UPI', 'NETBANKING', 'WALLET'] as const;

/** The smallest amount that Razorpay takes, and gives back. */
export const GATEWAY_MIN_PAISE = 100n;

/** The row that capture and cancellation of one order lock. */
export interface SubjectAccount {
  readonly subjectId: string;
  readonly version: bigint;
  readonly settlingPaymentId: string | null;
  readonly failedAttempts: number;
  /** The tombstone: what is captured from here on goes back. */
  readonly closedAt: Date | null;
  /** The customer was deleted: nothing of them is kept or told any more. */
  readonly isBuyerForgotten: boolean;
}

export interface Payment {
  readonly id: string;
  readonly subjectId: string;
  readonly orderNumber: string;
  readonly businessId: string;
  readonly userId: string | null;
  readonly provider: Provider;
  readonly status: PaymentStatus;
  readonly gatewayStatus: string | null;
  readonly amountPaise: bigint;
  readonly currency: string;
  readonly method: string | null;
  readonly isOpen: boolean;
  readonly settles: boolean;
  readonly receipt: string | null;
  readonly razorpayOrderId: string | null;
  readonly holdsRazorpayOrder: boolean;
  readonly razorpayPaymentId: string | null;
  readonly capturedPaise: bigint;
  readonly refundCommittedPaise: bigint;
  readonly refundedPaise: bigint;
  /** Of what is owed: refunds that were processed, and told, and then failed. */
  readonly bouncedPaise: bigint;
  /** Razorpay's refunds that failed: their last state, so other news of them is older. */
  readonly failedRefundIds: readonly string[];
  readonly failureReason: string | null;
  readonly snapshot: OrderSnapshot;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly capturedAt: Date | null;
  /** When the bank first held the money for us, as far as we were told; at the latest when it was captured. */
  readonly authorizedAt: Date | null;
  readonly failedAt: Date | null;
  /** When a refund last reached the customer. */
  readonly refundedAt: Date | null;
  /** Of the latest refund, asked for or made. */
  readonly refundReason: string | null;
}

/** Why captured money goes straight back. The word is the refund's cause, which makes it happen once per payment. */
export type RefundOnCapture = 'integrity-failed' | 'captured-after-close' | 'second-capture' | 'superseded';

export type CaptureDecision =
  | { readonly kind: 'known' }
  | { readonly kind: 'settles' }
  | { readonly kind: 'goes-back'; readonly cause: RefundOnCapture; readonly reason: string };

/**
 * What a capture at Razorpay means for the order. Both arguments are read under the account's lock, so of a capture and a
 * cancellation, or of two captures, one is second and is refunded.
 *
 * @param payment the one that holds the Razorpay order
 */
export function decideCapture(account: SubjectAccount, payment: Payment, fact: GatewayPayment): CaptureDecision {
  if (payment.capturedAt !== null && payment.razorpayPaymentId === fact.id) return { kind: 'known' };
  const mismatch = mismatchOf(payment, fact);
  if (mismatch !== null) return { kind: 'goes-back', cause: 'integrity-failed', reason: mismatch };
  if (account.closedAt !== null) {
    return { kind: 'goes-back', cause: 'captured-after-close', reason: 'The order was no longer open for payment.' };
  }
  if (account.settlingPaymentId !== null) {
    return { kind: 'goes-back', cause: 'second-capture', reason: 'The order had been paid already.' };
  }
  if (payment.capturedAt === null && !payment.isOpen) {
    return { kind: 'goes-back', cause: 'superseded', reason: 'Another amount was owed by then.' };
  }
  return { kind: 'settles' };
}

/** A valid signature does not mean the right order, amount or currency. @returns what differs, or null. */
export function mismatchOf(payment: Payment, fact: GatewayPayment): string | null {
  if (fact.orderId !== payment.razorpayOrderId) return 'The payment was made for another Razorpay order.';
  if (fact.currency !== payment.currency) return `The payment was made in ${fact.currency}, not ${payment.currency}.`;
  if (fact.amountPaise !== payment.amountPaise) {
    return `The payment was of ${fact.amountPaise} paise, not ${payment.amountPaise}.`;
  }
  return null;
}

/** How a capture changes a payment. Amounts are what came in, which is what can be given back. */
export function captured(
  payment: Payment,
  fact: GatewayPayment,
  settlement: { readonly settles: boolean; readonly status: 'SUCCESS' | 'INTEGRITY_FAILED' },
  now: Date,
): Payment {
  return {
    ...payment,
    ...settlement,
    isOpen: false,
    gatewayStatus: 'captured',
    razorpayPaymentId: fact.id,
    method: fact.method ?? payment.method,
    capturedPaise: fact.amountPaise,
    failureReason: null,
    failedAt: null,
    updatedAt: now,
    authorizedAt: payment.authorizedAt ?? now,
    capturedAt: now,
  };
}

/** Whether a failed attempt is news for the customer: not while another attempt is under way, paid or the order closed. */
export function isFailureNews(account: SubjectAccount, payment: Payment, razorpayPaymentId: string): boolean {
  if (account.closedAt !== null || account.settlingPaymentId !== null || payment.capturedAt !== null) return false;
  if (payment.status === 'PROCESSING' && payment.razorpayPaymentId !== razorpayPaymentId) return false;
  return payment.status === 'FAILED' || canBecome(payment.status, 'FAILED');
}

/** What can still be given back. */
export function refundablePaise(payment: Pick<Payment, 'capturedPaise' | 'refundCommittedPaise'>): bigint {
  return payment.capturedPaise - payment.refundCommittedPaise;
}

/** `order_` and 32 hex digits: 38 characters of the 40 that Razorpay allows, and the same however often it is made. */
export function receiptFor(id: string): string {
  return `order_${id.replaceAll('-', '')}`;
}
