import { z } from 'zod';
import { boundedPageOf, orderRef, pageQuery, rupees, shortText, upperEnum, uuid, type Identity } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { gatewayNotes } from '../payments/payments.schemas.js';
import { REFUND_STATUSES } from './refund-status.js';

export const refundBody = z.strictObject({
  /** Left out: everything that is left. */
  amount: rupees({ min: 0.01 }).optional(),
  reason: shortText(500),
  notes: z.union([gatewayNotes(), shortText(256).transform((note) => ({ note }))]).optional(),
});
export type RefundBody = z.infer<typeof refundBody>;

export const settleOtherwiseBody = z.strictObject({
  /** How the money reached the customer: `Bank transfer UTR 12345`. */
  means: shortText(500),
});
export type SettleOtherwiseBody = z.infer<typeof settleOtherwiseBody>;

export const listRefundsQuery = z.strictObject({
  ...pageQuery(['createdAt']),
  userId: uuid().optional(),
  paymentId: uuid().optional(),
  orderId: orderRef().optional(),
  status: upperEnum(REFUND_STATUSES).optional(),
});
export type ListRefundsQuery = z.infer<typeof listRefundsQuery>;

export const refundView = z
  .object({
    id: z.uuid(),
    refundNumber: z.string(),
    paymentId: z.uuid(),
    orderId: z.uuid(),
    userId: z.uuid().nullable(),
    amount: z.number(),
    currency: z.string(),
    status: z.enum(REFUND_STATUSES),
    reason: z.string(),
    cause: z.string(),
    settlesOrder: z.boolean(),
    origin: z.string(),
    razorpayRefundId: z.string().nullable(),
    otherMeans: z.string().nullable(),
    /** These three are for administrators. */
    notes: z.record(z.string(), z.string()).nullable(),
    requestedBy: z.uuid().nullable(),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    processedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Refund' });
export type RefundView = z.infer<typeof refundView>;
export const refundPage = boundedPageOf(refundView);

interface RefundFields extends Omit<
  RefundView,
  'orderId' | 'amount' | 'status' | 'notes' | 'createdAt' | 'updatedAt' | 'processedAt'
> {
  readonly subjectId: string;
  readonly amountPaise: bigint;
  readonly status: string;
  /** As it is kept: the schema of the request made it. */
  readonly notes: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly processedAt: Date | null;
}

const keptNotes = z.record(z.string(), z.string()).nullable();

export function toRefundView(refund: RefundFields, caller: Identity): RefundView {
  return {
    id: refund.id,
    refundNumber: refund.refundNumber,
    paymentId: refund.paymentId,
    orderId: refund.subjectId,
    userId: refund.userId,
    amount: rupeesFromPaise(refund.amountPaise),
    currency: refund.currency,
    status: z.enum(REFUND_STATUSES).parse(refund.status),
    reason: refund.reason,
    cause: refund.cause,
    settlesOrder: refund.settlesOrder,
    origin: refund.origin,
    razorpayRefundId: refund.razorpayRefundId,
    otherMeans: refund.otherMeans,
    notes: caller.isAdmin ? keptNotes.parse(refund.notes) : null,
    requestedBy: caller.isAdmin ? refund.requestedBy : null,
    lastError: caller.isAdmin ? refund.lastError : null,
    createdAt: refund.createdAt.toISOString(),
    updatedAt: refund.updatedAt.toISOString(),
    processedAt: refund.processedAt?.toISOString() ?? null,
  };
}
