import { z } from 'zod';
import { defineEvent } from './envelope.js';
import { id, nullableId, paise, rateBps } from './fields.js';
import { stockItemSchema } from './order-snapshot.js';

export const productVariantSchema = z.object({
  variantId: id(),
  sku: z.string(),
  /** `Red / L`; null for the one default variant. */
  name: z.string().nullable(),
  /** The base price of this variant. */
  pricePaise: paise(),
  mrpPaise: paise().nullable(),
  imageUrl: z.string().nullable(),
  isActive: z.boolean(),
  isDefault: z.boolean(),
});

export const productSchema = z.object({
  productId: id(),
  businessId: id(),
  name: z.string(),
  slug: z.string(),
  description: z.string().nullable(),
  basePricePaise: paise(),
  categoryId: nullableId(),
  /** From the root category down to the product's own; commission rules of any of them apply. */
  categoryPath: z.array(id()),
  hsn: z.string().nullable(),
  /** Overrides the HSN table. */
  taxRateBps: rateBps().nullable(),
  imageUrl: z.string().nullable(),
  isActive: z.boolean(),
  variants: z.array(productVariantSchema),
});
export type ProductFact = z.infer<typeof productSchema>;

export const ProductCreated = defineEvent({
  type: 'PRODUCT_CREATED',
  from: 'product',
  aggregate: 'product',
  heardBy: ['pricing', 'share-link'],
  says: 'A product with its variants and base prices.',
  schema: productSchema,
});

export const ProductUpdated = defineEvent({
  type: 'PRODUCT_UPDATED',
  from: 'product',
  aggregate: 'product',
  heardBy: ['pricing', 'share-link'],
  says: 'The product as it now stands.',
  schema: productSchema,
});

export const ProductDeleted = defineEvent({
  type: 'PRODUCT_DELETED',
  from: 'product',
  aggregate: 'product',
  heardBy: ['pricing', 'share-link'],
  says: 'The product is gone from the catalogue; orders keep its history.',
  schema: z.object({ productId: id(), businessId: id() }),
});

export const StockLow = defineEvent({
  type: 'STOCK_LOW',
  from: 'product',
  aggregate: 'variant',
  heardBy: ['notification'],
  says: 'What is available of a variant has fallen to its threshold.',
  schema: z.object({
    productId: id(),
    variantId: id(),
    sku: z.string(),
    name: z.string(),
    available: z.int(),
    threshold: z.int(),
  }),
});

export const StockReservationExpired = defineEvent({
  type: 'STOCK_RESERVATION_EXPIRED',
  from: 'product',
  aggregate: 'reservation',
  heardBy: ['order'],
  says: 'A reservation that no order wants any more was given back.',
  schema: z.object({ orderId: id(), items: z.array(stockItemSchema) }),
});

export const StockConversionFailed = defineEvent({
  type: 'STOCK_CONVERSION_FAILED',
  from: 'product',
  aggregate: 'reservation',
  heardBy: ['order'],
  says: 'A paid order’s reservation was gone and free stock did not suffice: the order is cancelled and refunded.',
  schema: z.object({
    orderId: id(),
    items: z.array(stockItemSchema.extend({ available: z.int() })),
  }),
});
