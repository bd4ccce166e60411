import { DEFAULT_BUSINESS_ID, type OrderSnapshot, type OrderSnapshotLine } from '@reseller/contracts';
import { newId } from '@reseller/runtime';

/** What a test says of an order; of the buyer and of lines, too, only what matters to it. */
export type OrderSnapshotFields = Omit<Partial<OrderSnapshot>, 'buyer' | 'items'> & {
  readonly buyer?: Partial<OrderSnapshot['buyer']>;
  readonly items?: readonly Partial<OrderSnapshotLine>[];
};

/**
 * An order as events tell of it: ₹3000 with a commission of ₹300, from a guest of whom nothing is known, without a seller
 * and without lines, unless the test says otherwise.
 */
export function orderSnapshot({ buyer, items = [], ...over }: OrderSnapshotFields = {}): OrderSnapshot {
  const orderId = over.orderId ?? newId();
  return {
    orderId,
    orderNumber: numberOf(orderId),
    businessId: DEFAULT_BUSINESS_ID,
    buyer: { userId: null, customerId: null, name: null, email: null, phone: null, ...buyer },
    sellerId: null,
    shareLinkId: null,
    paymentMethod: 'RAZORPAY',
    currency: 'INR',
    pricesIncludeTax: true,
    subtotalPaise: over.totalPaise ?? 300_000,
    discountPaise: 0,
    taxPaise: 0,
    shippingPaise: 0,
    totalPaise: 300_000,
    commissionPaise: 30_000,
    items: items.map(orderLine),
    createdAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}

const orderLine = (over: Partial<OrderSnapshotLine>): OrderSnapshotLine => ({
  lineId: newId(),
  productId: newId(),
  variantId: newId(),
  sku: 'SKU',
  name: 'Product',
  variantName: null,
  imageUrl: null,
  hsn: null,
  mrpPaise: null,
  quantity: 1,
  basePricePaise: 0,
  unitPricePaise: 0,
  subtotalPaise: 0,
  discountPaise: 0,
  taxRateBps: 0,
  taxPaise: 0,
  taxLegs: { cgstPaise: 0, sgstPaise: 0, igstPaise: 0 },
  totalPaise: 0,
  commissionPaise: 0,
  ...over,
});

/** As order gives them out: ORD-, a year and at most twelve digits. */
const numberOf = (orderId: string): string =>
  `ORD-2026-${String(Number.parseInt(orderId.slice(-9), 16)).padStart(6, '0')}`;
