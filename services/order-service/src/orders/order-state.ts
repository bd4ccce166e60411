import type { OrderSnapshot } from '@reseller/contracts';
import type { ActorRole, FulfillmentStatus, OrderStatus, PaymentStatus } from './order-status.js';

/** One line of text, as 001 sends it, or its parts. */
export type ShippingAddress =
  | string
  | {
      readonly name?: string | undefined;
      readonly line1: string;
      readonly line2?: string | undefined;
      readonly city: string;
      readonly state: string;
      readonly pincode: string;
      readonly country?: string | undefined;
      readonly phone?: string | undefined;
    };

export interface OrderLine {
  readonly id: string;
  readonly position: number;
  readonly productId: string;
  readonly variantId: string;
  readonly sku: string;
  readonly name: string;
  readonly variantName: string | null;
  readonly imageUrl: string | null;
  readonly hsn: string | null;
  readonly mrpPaise: bigint | null;
  readonly quantity: number;
  readonly basePricePaise: bigint;
  readonly unitPricePaise: bigint;
  readonly subtotalPaise: bigint;
  readonly discountPaise: bigint;
  readonly taxRateBps: number;
  readonly taxPaise: bigint;
  readonly cgstPaise: bigint;
  readonly sgstPaise: bigint;
  readonly igstPaise: bigint;
  readonly totalPaise: bigint;
  readonly commissionPaise: bigint;
  readonly fulfilledQuantity: number;
  readonly returnedQuantity: number;
}

/**
 * What buyer and shop agreed on. Of these only whose the order is changes: a guest's joins an account, auth says which
 * customer it is of, and a deleted customer's loses the person.
 */
export interface OrderTerms {
  readonly id: string;
  readonly orderNumber: string;
  readonly businessId: string;
  readonly tenantId: string;
  readonly userId: string | null;
  readonly customerId: string | null;
  readonly sellerId: string | null;
  readonly shareLinkId: string | null;
  readonly buyerName: string | null;
  readonly buyerEmail: string | null;
  readonly buyerPhone: string | null;
  readonly shippingAddress: ShippingAddress;
  readonly paymentMethod: OrderSnapshot['paymentMethod'];
  readonly currency: 'INR';
  readonly pricesIncludeTax: boolean;
  readonly subtotalPaise: bigint;
  readonly discountPaise: bigint;
  readonly taxPaise: bigint;
  readonly shippingPaise: bigint;
  readonly totalPaise: bigint;
  readonly commissionPaise: bigint;
  readonly notes: string | null;
  readonly source: string | null;
  readonly orderType: string | null;
  readonly lines: readonly OrderLine[];
  readonly createdAt: Date;
}

/** How far the order has come. */
export interface OrderProgress {
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  readonly paymentExpiresAt: Date | null;
  readonly failedAttempts: number;
  readonly paidAt: Date | null;
  readonly paymentId: string | null;
  /** Razorpay's own id of that payment; null for money that came another way. */
  readonly gatewayPaymentId: string | null;
  readonly refundedPaise: bigint;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
  readonly shippedAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly cancelledBy: 'CUSTOMER' | 'ADMIN' | 'SYSTEM' | null;
  readonly cancelReason: string | null;
  readonly returnedAt: Date | null;
  /** Which word of auth the customer is: 1 of a guest's order, 2 of an account's, 3 of one that joined one; 0: none. */
  readonly customerVersion: number;
  /** When it was heard that the customer was deleted: a finished order shows nothing of the person any more. */
  readonly buyerForgottenAt: Date | null;
  /** Grows by one with every change; each change has its row of history. */
  readonly version: number;
  readonly updatedAt: Date;
}

export interface Order extends OrderTerms, OrderProgress {}

/** Who does something to an order, and why. */
export interface Cause {
  readonly role: ActorRole;
  /** A user id, `service:<name>`, `job:<name>`, or null for a guest. */
  readonly id: string | null;
  readonly reason: string | null;
}

export type HistoryFact =
  | 'PLACED'
  | Exclude<OrderStatus, 'PENDING'>
  | 'PAYMENT_FAILED'
  | 'REFUNDED'
  | 'REFUND_FAILED'
  | 'STOCK_MISSING'
  | 'JOINED_ACCOUNT'
  | 'BUYER_FORGOTTEN';

export interface HistoryEntry {
  readonly orderId: string;
  readonly version: number;
  readonly what: HistoryFact;
  readonly fromStatus: OrderStatus | null;
  readonly toStatus: OrderStatus;
  readonly actorRole: ActorRole;
  readonly actorId: string | null;
  readonly reason: string | null;
  readonly occurredAt: Date;
}
