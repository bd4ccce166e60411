import { PAYMENT_METHODS } from '@reseller/contracts';
import { administers, boundedPageOf, type Identity } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { z } from 'zod';
import type { OrderVisibility } from './order-access.js';
import type { HistoryEntry, Order, OrderLine } from './order-state.js';
import { ACTOR_ROLES, FULFILLMENT_STATUSES, ORDER_STATUSES, PAYMENT_STATUSES } from './order-status.js';

const money = () => z.number();
const time = () => z.iso.datetime();

const orderItemView = z
  .object({
    id: z.uuid(),
    productId: z.uuid(),
    variantId: z.uuid(),
    sku: z.string(),
    name: z.string(),
    variantName: z.string().nullable(),
    imageUrl: z.string().nullable(),
    hsn: z.string().nullable(),
    mrp: money().nullable(),
    quantity: z.int(),
    /** What one piece costs the buyer. */
    sellerPrice: money(),
    subtotal: money(),
    discount: money(),
    taxRatePercent: z.number(),
    tax: money(),
    total: money(),
    commission: money(),
    fulfilledQuantity: z.int(),
    returnedQuantity: z.int(),
  })
  .meta({ id: 'OrderItem' });

const addressView = z.union([
  z.string(),
  z.object({
    name: z.string().optional(),
    line1: z.string(),
    line2: z.string().optional(),
    city: z.string(),
    state: z.string(),
    pincode: z.string(),
    country: z.string().optional(),
    phone: z.string().optional(),
  }),
]);

export const orderView = z
  .object({
    id: z.uuid(),
    orderNumber: z.string(),
    userId: z.uuid().nullable(),
    customerId: z
      .uuid()
      .nullable()
      .describe(
        'The contact of the business whose order it is. Where nobody was named it is known a moment after placing; that is no new version.',
      ),
    sellerId: z.uuid().nullable(),
    shareLinkId: z.uuid().nullable(),
    businessId: z.uuid(),
    status: z.enum(ORDER_STATUSES),
    paymentStatus: z.enum(PAYMENT_STATUSES),
    fulfillmentStatus: z.enum(FULFILLMENT_STATUSES),
    paymentMethod: z.enum(PAYMENT_METHODS),
    paymentId: z.uuid().nullable(),
    razorpayPaymentId: z.string().nullable(),
    subtotal: money(),
    discountTotal: money(),
    taxTotal: money(),
    shippingTotal: money(),
    total: money(),
    refundedTotal: money(),
    commission: money(),
    currency: z.literal('INR'),
    pricesIncludeTax: z.boolean(),
    items: z.array(orderItemView),
    /** Null where the caller earns on the order but is not the buyer; so are the buyer and the notes. */
    shippingAddress: addressView.nullable(),
    buyer: z
      .object({ name: z.string().nullable(), email: z.string().nullable(), phone: z.string().nullable() })
      .nullable(),
    notes: z.string().nullable(),
    source: z.string().nullable(),
    orderType: z.string().nullable(),
    carrier: z.string().nullable(),
    trackingNumber: z.string().nullable(),
    trackingUrl: z.string().nullable(),
    cancelledBy: z.string().nullable(),
    cancelReason: z.string().nullable(),
    /** Grows by one with every change; also the ETag, for `If-Match`. */
    version: z.int(),
    createdAt: time(),
    updatedAt: time(),
    /** Null once the order is paid, and where nothing is paid online. */
    paymentExpiresAt: time().nullable(),
    paidAt: time().nullable(),
    shippedAt: time().nullable(),
    deliveredAt: time().nullable(),
    cancelledAt: time().nullable(),
    returnedAt: time().nullable(),
  })
  .meta({ id: 'Order' });

/** The answer to placing an order. */
export const placedOrderView = orderView
  .extend({ orderToken: z.string().optional().describe('For guests: send it as X-Order-Token to follow this order.') })
  .meta({ id: 'PlacedOrder' });

export const orderPage = boundedPageOf(orderView).meta({ id: 'OrderPage' });

const historyEntryView = z
  .object({
    what: z.string(),
    fromStatus: z.enum(ORDER_STATUSES).nullable(),
    toStatus: z.enum(ORDER_STATUSES),
    by: z.enum(ACTOR_ROLES),
    actorId: z.string().nullable(),
    reason: z.string().nullable(),
    occurredAt: time(),
  })
  .meta({ id: 'OrderHistoryEntry' });

export const historyView = z.object({ data: z.array(historyEntryView) }).meta({ id: 'OrderHistory' });

export type OrderBody = z.infer<typeof orderView>;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function toItemView(line: OrderLine): OrderBody['items'][number] {
  return {
    id: line.id,
    productId: line.productId,
    variantId: line.variantId,
    sku: line.sku,
    name: line.name,
    variantName: line.variantName,
    imageUrl: line.imageUrl,
    hsn: line.hsn,
    mrp: line.mrpPaise === null ? null : rupeesFromPaise(line.mrpPaise),
    quantity: line.quantity,
    sellerPrice: rupeesFromPaise(line.unitPricePaise),
    subtotal: rupeesFromPaise(line.subtotalPaise),
    discount: rupeesFromPaise(line.discountPaise),
    taxRatePercent: line.taxRateBps / 100,
    tax: rupeesFromPaise(line.taxPaise),
    total: rupeesFromPaise(line.totalPaise),
    commission: rupeesFromPaise(line.commissionPaise),
    fulfilledQuantity: line.fulfilledQuantity,
    returnedQuantity: line.returnedQuantity,
  };
}

/** An order as the API shows it. A seller sees what they earn on, not how to reach the buyer; a guest no account. */
export function toOrderView(order: Order, view: OrderVisibility = 'FULL'): OrderBody {
  const isFull = view !== 'EARNINGS';
  return {
    id: order.id,
    orderNumber: order.orderNumber,
    userId: view === 'GUEST' ? null : order.userId,
    customerId: view === 'GUEST' && order.userId !== null ? null : order.customerId,
    sellerId: order.sellerId,
    shareLinkId: order.shareLinkId,
    businessId: order.businessId,
    status: order.status,
    paymentStatus: order.paymentStatus,
    fulfillmentStatus: order.fulfillmentStatus,
    paymentMethod: order.paymentMethod,
    paymentId: order.paymentId,
    razorpayPaymentId: isFull ? order.gatewayPaymentId : null,
    subtotal: rupeesFromPaise(order.subtotalPaise),
    discountTotal: rupeesFromPaise(order.discountPaise),
    taxTotal: rupeesFromPaise(order.taxPaise),
    shippingTotal: rupeesFromPaise(order.shippingPaise),
    total: rupeesFromPaise(order.totalPaise),
    refundedTotal: rupeesFromPaise(order.refundedPaise),
    commission: rupeesFromPaise(order.commissionPaise),
    currency: order.currency,
    pricesIncludeTax: order.pricesIncludeTax,
    items: order.lines.map(toItemView),
    shippingAddress: isFull ? order.shippingAddress : null,
    buyer: isFull ? { name: order.buyerName, email: order.buyerEmail, phone: order.buyerPhone } : null,
    notes: isFull ? order.notes : null,
    source: order.source,
    orderType: order.orderType,
    carrier: order.carrier,
    trackingNumber: isFull ? order.trackingNumber : null,
    trackingUrl: isFull ? order.trackingUrl : null,
    cancelledBy: order.cancelledBy,
    cancelReason: isFull ? order.cancelReason : null,
    version: order.version,
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
    paymentExpiresAt: iso(order.paymentExpiresAt),
    paidAt: iso(order.paidAt),
    shippedAt: iso(order.shippedAt),
    deliveredAt: iso(order.deliveredAt),
    cancelledAt: iso(order.cancelledAt),
    returnedAt: iso(order.returnedAt),
  };
}

export interface OrderList {
  readonly orders: readonly Order[];
  readonly total: number;
  readonly totalIsLowerBound: boolean;
  readonly skip: number;
  readonly take: number;
  readonly nextCursor: string | null;
}

/** A list is limited to what the caller may see before it comes here. */
export function toOrderPage({ orders, ...page }: OrderList, caller: Identity): z.infer<typeof orderPage> {
  const viewOf = (order: Order): OrderVisibility =>
    administers(caller, order.businessId) || order.userId === caller.userId ? 'FULL' : 'EARNINGS';
  return { data: orders.map((order) => toOrderView(order, viewOf(order))), ...page };
}

/** A seller sees what happened and when; who wrote what about it is between buyer and shop. */
function toHistoryEntryView(entry: HistoryEntry, view: OrderVisibility): z.infer<typeof historyEntryView> {
  const isFull = view !== 'EARNINGS';
  return {
    what: entry.what,
    fromStatus: entry.fromStatus,
    toStatus: entry.toStatus,
    by: entry.actorRole,
    actorId: isFull ? entry.actorId : null,
    reason: isFull ? entry.reason : null,
    occurredAt: entry.occurredAt.toISOString(),
  };
}

export const toHistoryView = (
  history: readonly HistoryEntry[],
  view: OrderVisibility,
): z.infer<typeof historyView> => ({
  data: history.map((entry) => toHistoryEntryView(entry, view)),
});

/** What a stream of one order tells: what happened, and the order as it now stands. */
export const orderChangeView = historyEntryView.extend({ order: orderView }).meta({ id: 'OrderChange' });

export const toOrderChangeView = (
  entry: HistoryEntry,
  order: Order,
  view: OrderVisibility,
): z.infer<typeof orderChangeView> => ({ ...toHistoryEntryView(entry, view), order: toOrderView(order, view) });
