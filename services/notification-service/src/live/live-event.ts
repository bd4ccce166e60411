import { z } from 'zod';
import type { EventOf, OrderSnapshot, PaymentFailed, PaymentRefunded, PaymentRefundFailed } from '@reseller/contracts';
import type { PayoutRequested, StockLow } from '@reseller/contracts';

const paise = () => z.int().nonnegative();

/**
 * What is kept of an event for the dashboards: numbers and ids, and nothing of the buyer, who is found in the order by who
 * may look there.
 */
export const liveFactsSchema = z.object({
  order: z
    .object({
      id: z.uuid(),
      orderNumber: z.string(),
      totalPaise: paise(),
      paymentMethod: z.string(),
      sellerId: z.uuid().nullable(),
    })
    .optional(),
  payment: z.object({ id: z.uuid(), amountPaise: paise(), method: z.string().nullable() }).optional(),
  refund: z.object({ id: z.uuid(), refundNumber: z.string(), amountPaise: paise() }).optional(),
  stock: z
    .object({
      productId: z.uuid(),
      variantId: z.uuid(),
      sku: z.string(),
      name: z.string(),
      available: z.int(),
      threshold: z.int(),
    })
    .optional(),
  payout: z.object({ id: z.uuid(), sellerId: z.uuid(), amountPaise: paise(), status: z.string() }).optional(),
  /** Why, where something failed or was refused. */
  reason: z.string().optional(),
});
export type LiveFacts = z.infer<typeof liveFactsSchema>;

/** A live event as it lies in the table. */
export interface LiveEvent {
  readonly position: number;
  readonly eventId: string;
  readonly businessId: string;
  readonly type: string;
  readonly facts: LiveFacts;
  readonly occurredAt: Date;
}

export const orderFacts = ({
  orderId,
  orderNumber,
  totalPaise,
  paymentMethod,
  sellerId,
}: OrderSnapshot): LiveFacts => ({
  order: { id: orderId, orderNumber, totalPaise, paymentMethod, sellerId },
});

export const failedPaymentFacts = ({ data }: EventOf<typeof PaymentFailed>): LiveFacts => ({
  ...orderFacts(data),
  payment: { id: data.payment.paymentId, amountPaise: data.payment.amountPaise, method: data.payment.method },
  reason: data.reason,
});

export const refundFacts = ({ data }: EventOf<typeof PaymentRefunded>): LiveFacts => ({
  ...orderFacts(data),
  refund: { id: data.refundId, refundNumber: data.refundNumber, amountPaise: data.refundPaise },
  reason: data.cause,
});

export const failedRefundFacts = ({ data }: EventOf<typeof PaymentRefundFailed>): LiveFacts => ({
  ...orderFacts(data),
  refund: { id: data.refundId, refundNumber: data.refundNumber, amountPaise: data.owedPaise },
  reason: data.reason,
});

export const stockFacts = ({ data }: EventOf<typeof StockLow>): LiveFacts => ({
  stock: {
    productId: data.productId,
    variantId: data.variantId,
    sku: data.sku,
    name: data.name,
    available: data.available,
    threshold: data.threshold,
  },
});

export const payoutFacts = ({
  payoutId,
  sellerId,
  amountPaise,
  status,
}: EventOf<typeof PayoutRequested>['data']): LiveFacts => ({
  payout: { id: payoutId, sellerId, amountPaise, status },
});
