import { z } from 'zod';
import { defineEvent } from './envelope.js';
import { id, instant, paise } from './fields.js';
import { orderSnapshotSchema } from './order-snapshot.js';

export const paymentFactSchema = z.object({
  paymentId: id(),
  provider: z.enum(['RAZORPAY', 'OFFLINE', 'COD', 'NONE']),
  /** `CARD`, `UPI`, `NETBANKING`, `WALLET`, `CASH`, … as known. */
  method: z.string().nullable(),
  gatewayOrderId: z.string().nullable(),
  gatewayPaymentId: z.string().nullable(),
  amountPaise: paise(),
});

export const PaymentSuccess = defineEvent({
  type: 'PAYMENT_SUCCESS',
  from: 'payment',
  aggregate: 'order',
  heardBy: ['order', 'wallet'],
  says: 'The payment that settles the order; only ever one per order.',
  schema: orderSnapshotSchema.extend({ payment: paymentFactSchema, capturedAt: instant() }),
});

export const PaymentFailed = defineEvent({
  type: 'PAYMENT_FAILED',
  from: 'payment',
  aggregate: 'order',
  heardBy: ['order', 'notification'],
  says: 'An attempt failed; the order stays open and the customer may try again.',
  schema: orderSnapshotSchema.extend({
    payment: paymentFactSchema,
    reason: z.string(),
    /** Counts the failed attempts of this order from 1. */
    attempt: z.int().positive(),
    failedAt: instant(),
  }),
});

export const PaymentRefunded = defineEvent({
  type: 'PAYMENT_REFUNDED',
  from: 'payment',
  aggregate: 'order',
  heardBy: ['auth', 'order', 'wallet', 'share-link', 'notification'],
  says: 'A refund was processed; `refundedTotalPaise` is cumulative and never shrinks, so that order of arrival does not matter.',
  schema: orderSnapshotSchema.extend({
    payment: paymentFactSchema,
    refundId: id(),
    refundNumber: z.string(),
    refundPaise: paise(),
    refundedTotalPaise: paise(),
    /** False for a refund of money that never settled the order; then only the customer is told. */
    settlesOrder: z.boolean(),
    cause: z.string(),
    processedAt: instant(),
  }),
});

export const PaymentRefundFailed = defineEvent({
  type: 'PAYMENT_REFUND_FAILED',
  from: 'payment',
  aggregate: 'order',
  heardBy: ['order', 'notification'],
  says: 'A refund was finally rejected, or failed after it had been processed: it is owed and must reach the customer by other means. What was counted as refunded stays counted.',
  schema: orderSnapshotSchema.extend({
    payment: paymentFactSchema,
    refundId: id(),
    refundNumber: z.string(),
    owedPaise: paise(),
    reason: z.string(),
    /** False where the money never settled the order. */
    settlesOrder: z.boolean().optional(),
    /** True where PAYMENT_REFUNDED had told of it: Razorpay failed it afterwards. */
    wasProcessed: z.boolean().optional(),
  }),
});
