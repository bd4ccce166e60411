import type { Identity } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { z } from 'zod';
import type { PaymentStatus } from './payment-status.js';
import type { Payment } from './payment.js';
import { paymentView, toPaymentView } from './payments.schemas.js';

const ORDER_PAYMENT_STATUSES = ['PENDING', 'PAID', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED'] as const;

/** 004's answer beside ours. */
export const verifiedOrderView = paymentView
  .extend({
    orderStatus: z.enum(['PENDING', 'PAID', 'CANCELLED']).meta({
      description:
        'What the payment makes of the order: PAID once it is settled, PENDING until then, CANCELLED where the order is. ' +
        'The order itself follows within moments, and may be further by now: `GET /orders/:id` says.',
    }),
    paymentStatus: z.enum(ORDER_PAYMENT_STATUSES).meta({ description: 'In the words of orders.' }),
    totalAmount: z.number().meta({ description: 'The order’s total, in rupees.' }),
  })
  .meta({ id: 'VerifiedOrder' });

const PAYMENT_STATUS_OF_ORDER: Readonly<Record<PaymentStatus, (typeof ORDER_PAYMENT_STATUSES)[number]>> = {
  PENDING: 'PENDING',
  PROCESSING: 'PENDING',
  SUCCESS: 'PAID',
  FAILED: 'FAILED',
  PARTIALLY_REFUNDED: 'PARTIALLY_REFUNDED',
  REFUNDED: 'REFUNDED',
  // Not the order's money: the order still waits for some.
  INTEGRITY_FAILED: 'PENDING',
};

/** @param isClosed whether the order was cancelled, or expired */
export function toVerifiedOrderView(
  payment: Payment,
  isClosed: boolean,
  caller: Identity,
): z.infer<typeof verifiedOrderView> {
  const settled = payment.settles ? 'PAID' : 'PENDING';
  return {
    ...toPaymentView(payment, caller),
    orderStatus: isClosed ? 'CANCELLED' : settled,
    paymentStatus: PAYMENT_STATUS_OF_ORDER[payment.status],
    totalAmount: rupeesFromPaise(BigInt(payment.snapshot.totalPaise)),
  };
}
