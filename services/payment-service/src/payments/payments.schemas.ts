import { z } from 'zod';
import {
  bodyText,
  boundedPageOf,
  isoInstant,
  orderRef,
  pageQuery,
  rupees,
  rupeesText,
  searchText,
  shortText,
  upperEnum,
  uuid,
  type Identity,
} from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { razorpayOrderId, razorpayPaymentId } from '../razorpay/razorpay-entities.js';
import { GATEWAY_STATUSES, PAYMENT_STATUSES, type GatewayStatus, type PaymentStatus } from './payment-status.js';
import { CUSTOMER_METHODS, PROVIDERS, type Payment } from './payment.js';
import { PAYMENT_SORTS, type PaymentStatusRecord, type PaymentTrail } from './payment.queries.js';

/** Razorpay keeps 15 notes of 256 characters; some are ours. */
const NOTES_MAX = 10;
export const gatewayNotes = () =>
  z
    .record(z.string().min(1).max(64), bodyText(256))
    .refine((given) => Object.keys(given).length <= NOTES_MAX, `must have at most ${NOTES_MAX} entries`);

export const createPaymentBody = z.strictObject({
  orderId: orderRef(),
  userId: uuid().optional(),
  /** What the client believes is owed: checked against what is. */
  amount: rupees().optional(),
  currency: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/, 'must be a currency code such as INR')
    .optional(),
  method: upperEnum(CUSTOMER_METHODS).optional(),
  /** Whose the client believes the order is: checked against the order. */
  businessId: uuid().optional(),
  customerId: uuid().optional(),
  tenantId: uuid().optional(),
  /** The shop's own reference. Kept among the notes: the receipt at Razorpay is made of the order's id. */
  receipt: shortText(40).optional(),
  /** Shown with the order in Razorpay's dashboard. */
  notes: gatewayNotes().optional(),
});
export type CreatePaymentBody = z.infer<typeof createPaymentBody>;

// Only what Razorpay itself names stays in snake case. Checkout posts these three and some shops their order id beside.
const verifyBody = z.strictObject({
  razorpay_order_id: razorpayOrderId(),
  razorpay_payment_id: razorpayPaymentId(),
  razorpay_signature: z.string().min(1).max(256),
  /** The order that the client believes it pays, by id or number; another one is refused. */
  orderId: orderRef().optional(),
});
/** 004 writes the same in camel case. */
const verifyBodyInCamelCase = z
  .strictObject({
    orderId: orderRef().optional(),
    razorpayOrderId: razorpayOrderId(),
    razorpayPaymentId: razorpayPaymentId(),
    razorpaySignature: z.string().min(1).max(256),
  })
  .transform((body) => ({
    razorpay_order_id: body.razorpayOrderId,
    razorpay_payment_id: body.razorpayPaymentId,
    razorpay_signature: body.razorpaySignature,
    orderId: body.orderId,
  }));
export const verifyEitherBody = z.union([verifyBody, verifyBodyInCamelCase]);
export type VerifyBody = z.infer<typeof verifyBody>;

type StatusFilter = { readonly status: PaymentStatus } | { readonly gatewayStatus: GatewayStatus };

/** Our words in capitals, Razorpay's (`captured`) as it writes them; where both have one (FAILED), ours in any case. */
const statusFilter = z.string().transform((text, context): StatusFilter => {
  const word = text.trim();
  const status = PAYMENT_STATUSES.find((known) => known === word.toUpperCase());
  if (status !== undefined) return { status };
  const gatewayStatus = GATEWAY_STATUSES.find((known) => known === word.toLowerCase());
  if (gatewayStatus !== undefined) return { gatewayStatus };
  context.addIssue({
    code: 'custom',
    message: `must be one of ${[...PAYMENT_STATUSES, ...GATEWAY_STATUSES].join(', ')}`,
  });
  return z.NEVER;
});

export const listPaymentsQuery = z.strictObject({
  ...pageQuery(PAYMENT_SORTS),
  userId: uuid().optional(),
  orderId: orderRef().optional(),
  businessId: uuid().optional(),
  status: statusFilter.optional(),
  from: isoInstant().optional(),
  to: isoInstant().optional(),
  /** As Razorpay says it, in any case: `upi`, `CARD`, `EMI`; `CASH` is cash on delivery. */
  method: shortText(50)
    .transform((method) => method.toUpperCase())
    .optional(),
  provider: upperEnum(PROVIDERS).optional(),
  minAmount: rupeesText().optional(),
  maxAmount: rupeesText().optional(),
  /** A whole id or number: Razorpay's `order_`, `pay_` or `rfnd_`, an order's or refund's number, a payment's or order's id. */
  q: searchText().optional(),
});
export type ListPaymentsQuery = z.infer<typeof listPaymentsQuery>;

export const paymentView = z
  .object({
    id: z.uuid(),
    orderId: z.uuid(),
    orderNumber: z.string(),
    userId: z.uuid().nullable(),
    status: z.enum(PAYMENT_STATUSES),
    amount: z.number(),
    currency: z.string(),
    method: z.string().nullable(),
    provider: z.enum(PROVIDERS),
    gatewayStatus: z.string().nullable(),
    razorpayOrderId: z.string().nullable(),
    razorpayPaymentId: z.string().nullable(),
    refundedAmount: z.number(),
    failureReason: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    /** What goes back, asked for or made. */
    refundAmount: z.number(),
    /** What of it has not reached the customer yet. */
    refundOwed: z.number(),
    refundedAt: z.iso.datetime().nullable(),
    refundReason: z.string().nullable(),
    authorizedAt: z.iso.datetime().nullable(),
    capturedAt: z.iso.datetime().nullable(),
    failedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Payment' });
export type PaymentView = z.infer<typeof paymentView>;
export const paymentPage = boundedPageOf(paymentView);

/** What checkout is opened with: `amount` is paise here, because that is what checkout takes. */
const razorpayOrderView = z
  .object({
    id: z.string(),
    amount: z.int(),
    currency: z.string(),
    receipt: z.string(),
    status: z.string(),
    key: z.string(),
  })
  .meta({ id: 'RazorpayOrder' });

export const createdPaymentView = paymentView
  .extend({ razorpayOrder: razorpayOrderView.nullable() })
  .meta({ id: 'CreatedPayment' });
export const createdOrderView = z
  .object({ payment: paymentView, razorpayOrder: razorpayOrderView.nullable() })
  .meta({ id: 'CreatedRazorpayOrder' });

export type PaymentFields = Pick<
  Payment,
  | 'id'
  | 'subjectId'
  | 'orderNumber'
  | 'userId'
  | 'amountPaise'
  | 'currency'
  | 'method'
  | 'gatewayStatus'
  | 'razorpayOrderId'
  | 'razorpayPaymentId'
  | 'refundedPaise'
  | 'refundCommittedPaise'
  | 'refundedAt'
  | 'refundReason'
  | 'failureReason'
  | 'createdAt'
  | 'updatedAt'
  | 'authorizedAt'
  | 'capturedAt'
  | 'failedAt'
> & { readonly status: string; readonly provider: string };

/** A guest is not told whether the address has an account. */
export function toPaymentView(payment: PaymentFields, caller: Identity): PaymentView {
  return {
    id: payment.id,
    orderId: payment.subjectId,
    orderNumber: payment.orderNumber,
    userId: caller.isAnonymous ? null : payment.userId,
    status: z.enum(PAYMENT_STATUSES).parse(payment.status),
    amount: rupeesFromPaise(payment.amountPaise),
    currency: payment.currency,
    method: payment.method,
    provider: z.enum(PROVIDERS).parse(payment.provider),
    gatewayStatus: payment.gatewayStatus,
    razorpayOrderId: payment.razorpayOrderId,
    razorpayPaymentId: payment.razorpayPaymentId,
    refundedAmount: rupeesFromPaise(payment.refundedPaise),
    failureReason: payment.failureReason,
    createdAt: payment.createdAt.toISOString(),
    updatedAt: payment.updatedAt.toISOString(),
    refundAmount: rupeesFromPaise(payment.refundCommittedPaise),
    refundOwed: rupeesFromPaise(payment.refundCommittedPaise - payment.refundedPaise),
    refundedAt: iso(payment.refundedAt),
    refundReason: payment.refundReason,
    authorizedAt: iso(payment.authorizedAt),
    capturedAt: iso(payment.capturedAt),
    failedAt: iso(payment.failedAt),
  };
}

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;

export const paymentDetailView = paymentView
  .extend({
    /** What Razorpay keeps, and the tax in it; for administrators. */
    fee: z.number().nullable(),
    feeTax: z.number().nullable(),
    webhookAttempts: z.int(),
    webhookReceivedAt: z.iso.datetime().nullable(),
    webhookProcessedAt: z.iso.datetime().nullable(),
    /** The customer's tries to pay, oldest first. */
    attempts: z.array(
      z.object({
        razorpayPaymentId: z.string(),
        status: z.string(),
        amount: z.number(),
        method: z.string().nullable(),
        failureReason: z.string().nullable(),
        createdAt: z.iso.datetime(),
        updatedAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'PaymentDetail' });
export type PaymentDetailView = z.infer<typeof paymentDetailView>;

type FeeFields = { readonly feePaise: bigint | null; readonly feeTaxPaise: bigint | null };

export function toPaymentDetailView(
  payment: PaymentFields & FeeFields,
  trail: PaymentTrail,
  caller: Identity,
): PaymentDetailView {
  const feeOf = (paise: bigint | null) => (paise === null || !caller.isAdmin ? null : rupeesFromPaise(paise));
  return {
    ...toPaymentView(payment, caller),
    fee: feeOf(payment.feePaise),
    feeTax: feeOf(payment.feeTaxPaise),
    webhookAttempts: trail.webhookAttempts,
    webhookReceivedAt: iso(trail.webhookReceivedAt),
    webhookProcessedAt: iso(trail.webhookProcessedAt),
    attempts: trail.attempts.map((attempt) => ({
      razorpayPaymentId: attempt.razorpayPaymentId,
      status: attempt.status,
      amount: rupeesFromPaise(attempt.amountPaise),
      method: attempt.method,
      failureReason: attempt.failureReason,
      createdAt: attempt.createdAt.toISOString(),
      updatedAt: attempt.updatedAt.toISOString(),
    })),
  };
}

export const paymentStatusView = z
  .object({
    id: z.uuid(),
    orderId: z.uuid(),
    status: z.enum(PAYMENT_STATUSES),
    gatewayStatus: z.string().nullable(),
    amount: z.number(),
    currency: z.string(),
    refundedAmount: z.number(),
    failureReason: z.string().nullable(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'PaymentStatus' });

export function toPaymentStatusView(payment: PaymentStatusRecord): z.infer<typeof paymentStatusView> {
  return {
    id: payment.id,
    orderId: payment.subjectId,
    status: z.enum(PAYMENT_STATUSES).parse(payment.status),
    gatewayStatus: payment.gatewayStatus,
    amount: rupeesFromPaise(payment.amountPaise),
    currency: payment.currency,
    refundedAmount: rupeesFromPaise(payment.refundedPaise),
    failureReason: payment.failureReason,
    updatedAt: payment.updatedAt.toISOString(),
  };
}

/** @param key the public key id. A payment of nothing has no Razorpay order. */
export function toRazorpayOrderView(payment: Payment, key: string): z.infer<typeof razorpayOrderView> | null {
  const { razorpayOrderId, receipt } = payment;
  if (razorpayOrderId === null || receipt === null) return null;
  return {
    id: razorpayOrderId,
    amount: Number(payment.amountPaise),
    currency: payment.currency,
    receipt,
    status: payment.status === 'PENDING' ? 'created' : 'attempted',
    key,
  };
}

export const confirmUnpaidBody = z.strictObject({ reason: bodyText(500).default('The order expired.') });
export const goingBackView = z.object({ isGoingBack: z.boolean() });

export const unpaidView = z.object({ unpaid: z.boolean(), paymentId: z.uuid().optional() });
// Tolerant: between services, an added field is no error.
export const offlinePaymentBody = z.object({ actorId: uuid(), notes: bodyText(2_000).nullish() });
export const attachPaymentBody = z.object({ actorId: uuid(), razorpayPaymentId: razorpayPaymentId() });
export const recordedView = z.object({ paymentId: z.uuid() });
