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

const paise = () => z.int().nonnegative().transform(BigInt);
const text = () =>
  z
    .string()
    .nullish()
    .transform((value) => value ?? null);
/** Empty notes are an empty array. */
const notes = () =>
  z
    .union([
      z.record(z.string(), z.union([z.string(), z.number()]).transform(String)),
      z.array(z.unknown()).transform(() => ({})),
    ])
    .nullish()
    .transform((value): Readonly<Record<string, string>> => value ?? {});

export const gatewayOrderSchema = z
  .object({
    id: razorpayOrderId(),
    amount: paise(),
    currency: z.string(),
    receipt: text(),
    status: z.string(),
  })
  .transform(({ amount, ...order }) => ({ ...order, amountPaise: amount }));
export type GatewayOrder = z.infer<typeof gatewayOrderSchema>;

export const gatewayPaymentSchema = z
  .object({
    id: razorpayPaymentId(),
    order_id: razorpayOrderId().nullish(),
    status: z.enum(['created', 'authorized', 'captured', 'refunded', 'failed']),
    amount: paise(),
    currency: z.string(),
    method: text(),
    captured: z.boolean().nullish(),
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
    currency: z.string().default('INR'),
    status: z.enum(['created', 'pending', 'processed', 'failed']),
    notes: notes(),
  })
  .transform(({ payment_id, amount, ...refund }) => ({ ...refund, paymentId: payment_id, amountPaise: amount }));
export type GatewayRefund = z.infer<typeof gatewayRefundSchema>;

/** `{ entity: 'collection', count, items }` */
export const collectionOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item) }).transform(({ items }) => items);
