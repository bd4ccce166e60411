import type { Cause, ShippingAddress } from './order-state.js';

/** A request to buy, as it came in: validated, in paise, not yet believed. */
export interface PlaceOrderCommand {
  /** Null: a guest, or the account behind the customer whom an administrator orders for. */
  readonly userId: string | null;
  readonly customerId: string | null;
  readonly sellerId: string | null;
  readonly shareLinkId: string | null;
  readonly businessId: string | null;
  readonly tenantId: string | null;
  /** Null: the one that is named in the buyer's address book. */
  readonly shippingAddress: ShippingAddress | null;
  readonly shippingAddressId: string | null;
  readonly items: readonly {
    readonly productId: string;
    readonly variantId?: string | undefined;
    readonly quantity: number;
    readonly sellerPricePaise?: bigint | undefined;
  }[];
  readonly couponCode: string | null;
  readonly paymentMethod: 'RAZORPAY' | 'COD';
  readonly email: string | null;
  readonly phone: string | null;
  readonly notes: string | null;
  readonly source: string | null;
  readonly orderType: string | null;
  /** What the client believes the order costs. */
  readonly expectedTotalPaise: readonly bigint[];
  readonly placedBy: Cause;
  /** The one business whose people an administrator may order for; null: anybody, or it is their own order. */
  readonly scope: string | null;
}
