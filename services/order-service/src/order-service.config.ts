import { serviceEnv } from '@reseller/http';
import { messagingEnv } from '@reseller/messaging';
import { env } from '@reseller/runtime';
import { z } from 'zod';

export const orderServiceConfig = z.object({
  ...serviceEnv('order'),
  ...messagingEnv,
  /** How long a customer has to pay, and again after each failed attempt. */
  ORDER_PAYMENT_WINDOW_MINUTES: env.int(15, { min: 1, max: 1_440 }),
  /** `keep`: after a failed payment the customer may try again. `cancel`: the order is cancelled. */
  PAYMENT_FAILURE_POLICY: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.enum(['keep', 'cancel']).default('keep'),
  ),
  /** How often orders are looked for whose window has passed. */
  ORDER_EXPIRY_INTERVAL: env.durationMs('5s'),
  /** Makes and checks guests' order tokens. Without it a key is derived from INTERNAL_SERVICE_SECRET. */
  ORDER_TOKEN_SECRET: env.optionalSecret({ min: 32 }),
});

export type OrderServiceConfig = z.infer<typeof orderServiceConfig>;

/** Injection token of the {@link OrderServiceConfig}. */
export const CONFIG = Symbol('CONFIG');
