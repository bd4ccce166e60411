import { z } from 'zod';
import { id, instant, nullableId, paise, rateBps } from './fields.js';

export const PAYMENT_METHODS = ['RAZORPAY', 'COD', 'OFFLINE'] as const;

/** Who buys. A guest has neither user nor customer id. */
export const buyerSchema = z.object({
  userId: nullableId(),
  customerId: nullableId(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
});

export const orderLineSchema = z.object({
  lineId: id(),
  productId: id(),
  variantId: id(),
  sku: z.string(),
  name: z.string(),
  variantName: z.string().nullable(),
  imageUrl: z.string().nullable(),
  hsn: z.string().nullable(),
  mrpPaise: paise().nullable(),
  quantity: z.int().positive(),
  basePricePaise: paise(),
  unitPricePaise: paise(),
  subtotalPaise: paise(),
  discountPaise: paise(),
  taxRateBps: rateBps(),
  taxPaise: paise(),
  taxLegs: z.object({ cgstPaise: paise(), sgstPaise: paise(), igstPaise: paise() }),
  totalPaise: paise(),
  commissionPaise: paise(),
});

/** The order as it stood when the event happened: what every ORDER_* and PAYMENT_* event carries. */
export const orderSnapshotSchema = z.object({
  orderId: id(),
  orderNumber: z.string(),
  businessId: id(),
  buyer: buyerSchema,
  sellerId: nullableId(),
  shareLinkId: nullableId(),
  paymentMethod: z.enum(PAYMENT_METHODS),
  currency: z.literal('INR'),
  pricesIncludeTax: z.boolean(),
  subtotalPaise: paise(),
  discountPaise: paise(),
  taxPaise: paise(),
  shippingPaise: paise(),
  totalPaise: paise(),
  commissionPaise: paise(),
  items: z.array(orderLineSchema),
  createdAt: instant(),
});

export type OrderSnapshot = z.infer<typeof orderSnapshotSchema>;
export type OrderSnapshotLine = z.infer<typeof orderLineSchema>;

/** A reservation's lines as events name them. */
export const stockItemSchema = z.object({ variantId: id(), quantity: z.int().positive() });
