import { z } from 'zod';
import { serviceEnv } from '@reseller/http';
import { messagingEnv } from '@reseller/messaging';
import { env } from '@reseller/runtime';

export const paymentServiceConfig = z.object({
  ...serviceEnv('payment'),
  ...messagingEnv,
  RAZORPAY_KEY_ID: env.secret({ min: 6 }),
  RAZORPAY_KEY_SECRET: env.secret({ min: 6 }),
  /** Without a secret anybody could tell us that they have paid: the service does not start. */
  RAZORPAY_WEBHOOK_SECRET: env.secret({ min: 6 }),
  /** The secret before the last rotation: Razorpay's retries still carry it. */
  RAZORPAY_WEBHOOK_SECRET_PREVIOUS: env.optionalSecret({ min: 6 }),
  RAZORPAY_API_URL: env.url('https://api.razorpay.com'),
  RAZORPAY_TIMEOUT: env.durationMs('6s'),
  /** Who captures an authorized payment: we, at once, or an administrator. */
  PAYMENT_CAPTURE: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.enum(['auto', 'manual']).default('auto'),
  ),
  /** How long Razorpay has to capture by itself, before we do. */
  PAYMENT_CAPTURE_DELAY: env.durationMs('5s'),
  /** How often leftovers are looked for: refunds to make, captures, webhooks that were stored and not worked. */
  PAYMENT_JOBS_INTERVAL: env.durationMs('5s'),
  /** When an unpaid Razorpay order is first asked about; the wait doubles, for five days. */
  PAYMENT_RECONCILE_AFTER: env.durationMs('2m'),
  /** How long a webhook is kept after it was worked. */
  PAYMENT_WEBHOOK_RETENTION: env.durationMs('400d'),
});

export type PaymentServiceConfig = z.infer<typeof paymentServiceConfig>;
export const CONFIG = Symbol('CONFIG');
