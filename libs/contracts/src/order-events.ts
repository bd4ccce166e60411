import { z } from 'zod';
import { defineEvent } from './envelope.js';
import { id, instant, paise } from './fields.js';
import { orderSnapshotSchema, stockItemSchema } from './order-snapshot.js';

export const OrderCreated = defineEvent({
  type: 'ORDER_CREATED',
  from: 'order',
  aggregate: 'order',
  heardBy: ['auth', 'notification'],
  says: 'An order was placed and its stock is reserved.',
  schema: orderSnapshotSchema.extend({ paymentExpiresAt: instant().nullable() }),
});

export const OrderPaymentExtended = defineEvent({
  type: 'ORDER_PAYMENT_EXTENDED',
  from: 'order',
  aggregate: 'order',
  heardBy: ['product'],
  says: 'A payment failed and the customer got time for another: the order, and what is reserved for it, waits longer.',
  schema: z.object({ orderId: id(), paymentExpiresAt: instant() }),
});

export const OrderJoinedAccount = defineEvent({
  type: 'ORDER_JOINED_ACCOUNT',
  from: 'order',
  aggregate: 'order',
  heardBy: ['auth', 'payment'],
  says: 'A guest’s order became an account’s, which has proved that its address is its own; `buyer.userId` names it.',
  schema: orderSnapshotSchema.extend({ userId: id() }),
});

export const OrderPaid = defineEvent({
  type: 'ORDER_PAID',
  from: 'order',
  aggregate: 'order',
  heardBy: ['auth', 'product', 'share-link', 'notification'],
  says: 'The money is there; once per order, whatever its fulfilment state.',
  schema: orderSnapshotSchema.extend({ paymentId: id(), paidAt: instant() }),
});

export const OrderConfirmed = defineEvent({
  type: 'ORDER_CONFIRMED',
  from: 'order',
  aggregate: 'order',
  heardBy: ['product', 'notification'],
  says: 'Cash on delivery was accepted: the reservation becomes a sale.',
  schema: orderSnapshotSchema,
});

export const OrderShipped = defineEvent({
  type: 'ORDER_SHIPPED',
  from: 'order',
  aggregate: 'order',
  heardBy: ['notification'],
  says: 'The parcel is on its way.',
  schema: orderSnapshotSchema.extend({
    shippedAt: instant(),
    carrier: z.string().nullable(),
    trackingNumber: z.string().nullable(),
    trackingUrl: z.string().nullable(),
  }),
});

export const OrderDelivered = defineEvent({
  type: 'ORDER_DELIVERED',
  from: 'order',
  aggregate: 'order',
  heardBy: ['wallet', 'payment', 'notification'],
  says: 'The parcel arrived: commission unlocks, cash is captured.',
  schema: orderSnapshotSchema.extend({ deliveredAt: instant() }),
});

export const OrderCancelled = defineEvent({
  type: 'ORDER_CANCELLED',
  from: 'order',
  aggregate: 'order',
  heardBy: ['product', 'payment', 'wallet', 'notification'],
  says: 'The order is off: stock goes back, money that came in is refunded, commission is released.',
  schema: orderSnapshotSchema.extend({
    cancelledAt: instant(),
    reason: z.string(),
    cancelledBy: z.enum(['CUSTOMER', 'ADMIN', 'SYSTEM']),
    /** Goods had left the warehouse's books as sold (paid or confirmed) when it was cancelled. */
    wasSold: z.boolean(),
  }),
});

export const OrderReturned = defineEvent({
  type: 'ORDER_RETURNED',
  from: 'order',
  aggregate: 'order',
  heardBy: ['payment', 'product', 'notification'],
  says: 'Goods came back: what passed inspection is restocked, the amount is refunded.',
  schema: orderSnapshotSchema.extend({
    returnedAt: instant(),
    cause: z.string(),
    refundPaise: paise(),
    restock: z.array(stockItemSchema),
  }),
});

export const OrderAnonymised = defineEvent({
  type: 'ORDER_ANONYMISED',
  from: 'order',
  aggregate: 'order',
  heardBy: ['payment', 'notification'],
  says: 'The customer of a finished order was deleted: it is nobody’s any more, and what others keep of its buyer goes too.',
  schema: orderSnapshotSchema,
});
