import { z } from 'zod';

/*
 * What we read of Razorpay's entities, in API answers and in webhooks alike. Tolerant: fields that we do not use may be
 * missing or change. Source: https://razorpay.com/docs/api/ and the samples that its webhook pages print.
 */

/** Razorpay's own are a prefix and 14 alphanumerics; its documentation prints others, and none may change a URL's path. */
const ALPHANUMERICS = '[A-Za-z0-9]{8,32}';
const idOf = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_${ALPHANUMERICS}$`), `must be a ${prefix}_ id`);
export const razorpayOrderId = () => idOf('order');
export const razorpayPaymentId = () => idOf('pay');
export const razorpayRefundId = () => idOf('rfnd');

// eslint-disable-next-line no-control-regex
const UNSTORABLE = /[\u0000\p{Surrogate}]/gu;
/** Without NULs and halves of characters, which Postgres does not store: the money in the same news must be. */
const words = () => z.string().transform((text) => text.replace(UNSTORABLE, ''));

const paise = () => z.int().nonnegative().transform(BigInt);
const text = () =>
  words()
    .nullish()
    .transform((value) => value ?? null);
/** Empty notes are an empty array. */
const notes = () =>
  z
    .union([
      z.record(z.string(), z.union([words(), z.number()]).transform(String)),
      z.array(z.unknown()).transform(() => ({})),
    ])
    .nullish()
    .transform((value): Readonly<Record<string, string>> => value ?? {});

export const gatewayOrderSchema = z
  .object({
    id: razorpayOrderId(),
    amount: paise(),
    currency: words(),
    receipt: text(),
    status: words(),
  })
  .transform(({ amount, ...order }) => ({ ...order, amountPaise: amount }));
export type GatewayOrder = z.infer<typeof gatewayOrderSchema>;

export const gatewayPaymentSchema = z
  .object({
    id: razorpayPaymentId(),
    order_id: razorpayOrderId().nullish(),
    status: z.enum(['created', 'authorized', 'captured', 'refunded', 'failed']),
    amount: paise(),
    currency: words(),
    method: text(),
    captured: z.boolean().nullish(),
    amount_refunded: paise().nullish(),
    fee: paise().nullish(),
    tax: paise().nullish(),
    error_code: text(),
    error_description: text(),
  })
  .transform((payment) => ({
    id: payment.id,
    orderId: payment.order_id ?? null,
    status: payment.status,
    amountPaise: payment.amount,
    currency: payment.currency,
    method: payment.method?.toUpperCase() ?? null,
    /** What was given back of it so far, also where that is still under way. Null where it does not say. */
    refundedPaise: payment.amount_refunded ?? null,
    feePaise: payment.fee ?? null,
    feeTaxPaise: payment.tax ?? null,
    failureReason: payment.error_description ?? payment.error_code,
    // One sample of a failed payment says `captured: true`: only the status decides, and for a refunded one the flag,
    // because Razorpay gives back by itself what nobody captured.
    isCaptured: payment.status === 'captured' || (payment.status === 'refunded' && payment.captured !== false),
    isNeverCaptured: payment.captured === false,
  }));
export type GatewayPayment = z.infer<typeof gatewayPaymentSchema>;

export const gatewayRefundSchema = z
  .object({
    id: razorpayRefundId(),
    payment_id: razorpayPaymentId(),
    amount: paise(),
    currency: words().default('INR'),
    status: z.enum(['created', 'pending', 'processed', 'failed']),
    notes: notes(),
  })
  .transform(({ payment_id, amount, ...refund }) => ({ ...refund, paymentId: payment_id, amountPaise: amount }));
export type GatewayRefund = z.infer<typeof gatewayRefundSchema>;

/** `{ entity: 'collection', count, items }` */
export const collectionOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item) }).transform(({ items }) => items);
