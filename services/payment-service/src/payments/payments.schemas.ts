import { z } from 'zod';
import { bodyText, isoInstant, pageOf, pageQuery, rupees, upperEnum, uuid } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { razorpayOrderId, razorpayPaymentId } from '../razorpay/razorpay-entities.js';
import { GATEWAY_STATUSES, PAYMENT_STATUSES, type GatewayStatus, type PaymentStatus } from './payment-status.js';
import { CUSTOMER_METHODS, PROVIDERS, type Payment } from './payment.js';

const ORDER_NUMBER = /^ORD-\d{4}-\d{6,12}$/i;

/** An order's id or its number. */
export const orderRef = () =>
  z
    .string()
    .trim()
    .refine((ref) => uuid().safeParse(ref).success || ORDER_NUMBER.test(ref), 'must be an order id or an order number');

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
});
export type CreatePaymentBody = z.infer<typeof createPaymentBody>;

// Only what Razorpay itself names stays in snake case. Checkout posts these three and some shops their order id beside.
export const verifyBody = z.strictObject({
  razorpay_order_id: razorpayOrderId(),
  razorpay_payment_id: razorpayPaymentId(),
  razorpay_signature: z.string().min(1).max(256),
});
/** 004 writes the same in camel case. */
const verifyBodyInCamelCase = z
  .strictObject({
    orderId: z.string().max(100).optional(),
    razorpayOrderId: razorpayOrderId(),
    razorpayPaymentId: razorpayPaymentId(),
    razorpaySignature: z.string().min(1).max(256),
  })
  .transform((body) => ({
    razorpay_order_id: body.razorpayOrderId,
    razorpay_payment_id: body.razorpayPaymentId,
    razorpay_signature: body.razorpaySignature,
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
  ...pageQuery(['createdAt']),
  userId: uuid().optional(),
  orderId: orderRef().optional(),
  businessId: uuid().optional(),
  status: statusFilter.optional(),
  from: isoInstant().optional(),
  to: isoInstant().optional(),
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
    capturedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Payment' });
export type PaymentView = z.infer<typeof paymentView>;
export const paymentPage = pageOf(paymentView);

/** What checkout is opened with: `amount` is paise here, because that is what checkout takes. */
export const razorpayOrderView = z
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
  | 'failureReason'
  | 'createdAt'
  | 'updatedAt'
  | 'capturedAt'
> & { readonly status: string; readonly provider: string };

export function toPaymentView(payment: PaymentFields): PaymentView {
  return {
    id: payment.id,
    orderId: payment.subjectId,
    orderNumber: payment.orderNumber,
    userId: payment.userId,
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
    capturedAt: payment.capturedAt?.toISOString() ?? null,
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
export const unpaidView = z.object({ unpaid: z.boolean(), paymentId: z.uuid().optional() });
// Tolerant: between services, an added field is no error.
export const offlinePaymentBody = z.object({ actorId: uuid(), notes: bodyText(2_000).nullish() });
export const attachPaymentBody = z.object({ actorId: uuid(), razorpayPaymentId: razorpayPaymentId() });
export const recordedView = z.object({ paymentId: z.uuid() });
