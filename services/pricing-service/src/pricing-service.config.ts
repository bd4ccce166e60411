import { z } from 'zod';
import { serviceEnv } from '@reseller/http';
import { messagingEnv, retentionMs } from '@reseller/messaging';
import { env } from '@reseller/runtime';

export const pricingServiceConfig = z.object({
  ...serviceEnv('pricing'),
  ...messagingEnv,
  /** How old a cached copy, rule or rate may be before it is read again; another instance's change shows after this. */
  PRICING_CACHE_TTL: env.durationMs('5s'),
  /** How long it is remembered that a product was deleted: a late event must not bring it back. */
  PRODUCT_TOMBSTONE_RETENTION: retentionMs('30d'),
});

export type PricingServiceConfig = z.infer<typeof pricingServiceConfig>;
export const CONFIG = Symbol('CONFIG');
