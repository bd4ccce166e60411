import { createHash } from 'node:crypto';
import {
  bodyText,
  emailAddress,
  isoInstant,
  pageQuery,
  phoneNumber,
  requireSelfOrAdmin,
  rupees,
  searchText,
  shortText,
  snakeCaseToo,
  upperEnum,
  uuid,
  type Identity,
} from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import { forbidden, invalid } from '@reseller/runtime';
import { z } from 'zod';
import { searchQueryOf } from './order-search.js';
import { FULFILLMENT_STATUSES, ORDER_STATUSES, PAYMENT_STATUSES, type OrderStatus } from './order-status.js';
import type { Shipment } from './order.js';
import type { PlaceOrderCommand } from './place-order.command.js';

const ITEMS_MAX = 100;
const QUANTITY_MAX = 1_000;

const addressBody = z.strictObject({
  name: shortText(200).optional(),
  line1: shortText(300),
  line2: shortText(300).optional(),
  city: shortText(100),
  state: shortText(100),
  pincode: shortText(12),
  country: shortText(60).optional(),
  phone: phoneNumber().optional(),
});

export const placeOrderBody = z
  .strictObject({
    userId: uuid().optional(),
    customerId: uuid()
      .optional()
      .describe(
        'A contact of the business, kept with the order; it gives nobody a right to the order. An administrator who names one orders in their name.',
      ),
    sellerId: uuid().optional(),
    shareLinkId: uuid().optional(),
    businessId: uuid().optional(),
    tenantId: uuid().optional(),
    shippingAddress: z.union([bodyText(1_000).min(1), addressBody]).optional(),
    shippingAddressId: uuid().optional().describe('One of the buyer’s own addresses, in the place of shippingAddress.'),
    items: z
      .array(
        z.strictObject({
          productId: uuid(),
          variantId: uuid().optional(),
          quantity: z.int().min(1).max(QUANTITY_MAX),
          sellerPrice: rupees().optional(),
        }),
      )
      .min(1)
      .max(ITEMS_MAX),
    couponCode: shortText(50).optional(),
    paymentMethod: upperEnum(['RAZORPAY', 'COD']).optional(),
    email: emailAddress().optional(),
    phone: phoneNumber().optional(),
    notes: bodyText(2_000).optional(),
    source: shortText(50).optional(),
    orderType: shortText(50).optional(),
    total: rupees().optional(),
    amount: rupees().optional(),
  })
  .refine(
    ({ shippingAddress, shippingAddressId }) => (shippingAddress === undefined) !== (shippingAddressId === undefined),
    {
      path: ['shippingAddress'],
      message: 'either shippingAddress or shippingAddressId must be given',
    },
  )
  .meta({ id: 'PlaceOrder' });

export type PlaceOrderBody = z.infer<typeof placeOrderBody>;

/**
 * The request as a command: who buys is the caller, unless an ADMIN names somebody else; a guest says how to be reached.
 *
 * @throws 403 for somebody else's `userId`; 400 for a guest without email and phone.
 */
export function toPlaceOrderCommand(body: PlaceOrderBody, caller: Identity): PlaceOrderCommand {
  const buyer = buyerOf(body, caller);
  if (caller.businessId !== null && body.businessId !== undefined && body.businessId !== caller.businessId) {
    throw forbidden('FORBIDDEN', 'You may only order for your own business.');
  }
  return {
    userId: buyer.userId,
    customerId: body.customerId ?? null,
    sellerId: body.sellerId ?? null,
    shareLinkId: body.shareLinkId ?? null,
    // In another's name only for one's own business: a contact and an address come with it.
    businessId: body.businessId ?? (buyer.isCaller ? null : caller.businessId),
    tenantId: body.tenantId ?? null,
    shippingAddress: body.shippingAddress ?? null,
    shippingAddressId: body.shippingAddressId ?? null,
    items: body.items.map(({ sellerPrice, ...item }) => ({
      ...item,
      sellerPricePaise: sellerPrice === undefined ? undefined : paiseFromRupees(sellerPrice),
    })),
    couponCode: body.couponCode ?? null,
    paymentMethod: body.paymentMethod ?? 'RAZORPAY',
    email: body.email ?? (buyer.isCaller ? caller.email : null),
    phone: body.phone ?? null,
    notes: body.notes ?? null,
    source: body.source ?? null,
    orderType: body.orderType ?? null,
    expectedTotalPaise: [body.total, body.amount].filter((amount) => amount !== undefined).map(paiseFromRupees),
    placedBy: { role: buyer.isCaller ? 'CUSTOMER' : 'ADMIN', id: caller.userId, reason: null },
    scope: buyer.isCaller ? null : caller.businessId,
  };
}

/** Who buys: the caller, unless an ADMIN names another account, or a customer of the business and no account. */
function buyerOf(body: PlaceOrderBody, caller: Identity): { userId: string | null; isCaller: boolean } {
  if (caller.isAdmin && body.userId === undefined && body.customerId !== undefined) {
    return { userId: null, isCaller: false };
  }
  const userId = body.userId ?? caller.userId;
  if (userId === null) requireContact(body);
  else requireSelfOrAdmin(caller, userId);
  return { userId, isCaller: userId === caller.userId };
}

function requireContact({ email, phone }: PlaceOrderBody): void {
  const missing = Object.entries({ email, phone }).filter(([, value]) => value === undefined);
  if (missing.length === 0) return;
  throw invalid('VALIDATION_FAILED', 'Without signing in, an order needs an email address and a phone number.', {
    errors: missing.map(([path]) => ({ path, message: 'is required to order without an account' })),
  });
}

/** Whose idempotency key it is: the caller's, or for a guest that of whoever has this address and number. */
export function principalOf(caller: Identity, { email, phone }: PlaceOrderCommand): string {
  if (caller.userId !== null) return caller.userId;
  return `guest:${hashOf(`${email}\n${phone}`)}`;
}

/** The token is a part of it: an answer that was kept for its holder is not given to a stranger who sends the same key. */
export function cancellingPrincipalOf(caller: Identity, ref: string): string {
  return caller.userId ?? `order:${hashOf(`${ref}\n${caller.orderToken ?? ''}`)}`;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const statusWord = upperEnum(ORDER_STATUSES);

const paging = { ...pageQuery(['createdAt']), cursor: z.string().max(200).optional() };

export type OrderPaging = z.infer<z.ZodObject<typeof paging>>;

const filters = {
  status: statusWord.optional(),
  paymentStatus: upperEnum(PAYMENT_STATUSES).optional(),
  fulfillmentStatus: upperEnum(FULFILLMENT_STATUSES).optional(),
  from: isoInstant().optional(),
  to: isoInstant().optional(),
};

const wide = {
  userId: z.union([uuid(), z.literal('self')]).optional(),
  sellerId: z.union([uuid(), z.literal('self')]).optional(),
  customerId: uuid().optional(),
  businessId: uuid().optional(),
};

export const myOrdersQuery = snakeCaseToo(z.strictObject({ ...paging, ...filters }));

export const listOrdersQuery = snakeCaseToo(
  z.strictObject({ ...paging, ...wide, ...filters, q: searchText().optional() }),
);

export type ListOrdersQuery = z.infer<typeof listOrdersQuery>;

/** 004 calls an order confirmed once it is paid or its cash on delivery is accepted. */
const CONFIRMED: readonly OrderStatus[] = ['PAID', 'CONFIRMED'];

const backOfficeFilters = {
  ...wide,
  ...filters,
  status: statusWord
    .transform((status) => (status === 'CONFIRMED' ? CONFIRMED : status))
    .meta({ type: 'string', enum: [...ORDER_STATUSES], description: 'CONFIRMED finds PAID orders too.' })
    .optional(),
  search: searchText()
    .refine((text) => searchQueryOf(text) !== null, 'must have a word or a number in it')
    .optional()
    .describe(
      'The beginning of an order number, a Razorpay payment id, an email address, a phone number or names; what is shorter than 3 characters is found whole.',
    ),
};

export const backOfficeQuery = snakeCaseToo(z.strictObject({ ...paging, ...backOfficeFilters }));

export const exportQuery = snakeCaseToo(z.strictObject(backOfficeFilters));

const notes = () => bodyText(2_000).optional();

export const changeStatusBody = z
  .strictObject({ status: statusWord, notes: notes() })
  .meta({ id: 'ChangeOrderStatus' });

/** 004 writes `order_status`. */
export const putStatusBody = z
  .union([
    changeStatusBody,
    z
      .strictObject({ order_status: statusWord, notes: notes() })
      .transform((body) => ({ status: body.order_status, notes: body.notes })),
  ])
  .meta({ id: 'PutOrderStatus' });

const razorpayPaymentId = () =>
  z.string().regex(/^pay_[A-Za-z0-9]{14}$/, 'must be a Razorpay payment id such as pay_Abc123Def456Gh');

/** 000 writes `payment_id` and adds a `payment_method`, which Razorpay knows better. */
export const attachPaymentBody = z
  .union([
    z.strictObject({ razorpay_payment_id: razorpayPaymentId() }),
    z
      .strictObject({ payment_id: razorpayPaymentId(), payment_method: shortText(50).optional() })
      .transform((body) => ({ razorpay_payment_id: body.payment_id })),
  ])
  .meta({ id: 'AttachPayment' });

export const shipOrderBody = z
  .strictObject({
    carrier: shortText(100).optional(),
    trackingNumber: shortText(100).optional(),
    tracking_number: shortText(100).optional(),
    trackingUrl: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional(),
    notes: notes(),
  })
  .meta({ id: 'ShipOrder' });

/** 000 writes `tracking_number`. */
export const toShipment = (body: z.infer<typeof shipOrderBody>): Shipment => ({
  carrier: body.carrier ?? null,
  trackingNumber: body.trackingNumber ?? body.tracking_number ?? null,
  trackingUrl: body.trackingUrl ?? null,
});

export const deliverOrderBody = z.strictObject({ notes: notes() }).nullish();

export const cancelOrderBody = z.strictObject({ reason: bodyText(500).min(1) }).meta({ id: 'CancelOrder' });

/** DELETE may come without a body, or with an empty one. */
export const deleteOrderBody = z.strictObject({ reason: bodyText(500).optional() }).nullish();
