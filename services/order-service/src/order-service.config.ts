import { serviceEnv, streamEnv } from '@reseller/http';
import { messagingEnv } from '@reseller/messaging';
import { env } from '@reseller/runtime';
import { z } from 'zod';

export const orderServiceConfig = z.object({
  ...serviceEnv('order'),
  ...messagingEnv,
  ...streamEnv,
  /** How long a customer has to pay, and again after each failed attempt. */
  ORDER_PAYMENT_WINDOW_MINUTES: env.int(15, { min: 1, max: 1_440 }),
  /** `keep`: after a failed payment the customer may try again. `cancel`: the order is cancelled. */
  PAYMENT_FAILURE_POLICY: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.enum(['keep', 'cancel']).default('keep'),
  ),
  /** How long it is remembered that product had too little of something. */
  SOLD_OUT_TTL: env.durationMs('500ms'),
  /** How often orders are looked for whose window has passed. */
  ORDER_EXPIRY_INTERVAL: env.durationMs('5s'),
  /** How often what orders add to the dashboard's figures is folded into their totals. */
  ORDER_FIGURES_INTERVAL: env.durationMs('10s'),
  /** How old the dashboard's figures may be; 0s: they are read for every request. */
  DASHBOARD_CACHE_TTL: env.durationMs('30s').pipe(z.number().max(60_000, 'must be a minute at most')),
  /** Makes and checks guests' order tokens. Without it a key is derived from INTERNAL_SERVICE_SECRET. */
  ORDER_TOKEN_SECRET: env.optionalSecret({ min: 32 }),
});

export type OrderServiceConfig = z.infer<typeof orderServiceConfig>;

/** Injection token of the {@link OrderServiceConfig}. */
export const CONFIG = Symbol('CONFIG');
