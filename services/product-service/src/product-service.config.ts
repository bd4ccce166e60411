import { z } from 'zod';
import { serviceEnv } from '@reseller/http';
import { messagingEnv } from '@reseller/messaging';
import { env } from '@reseller/runtime';

export const productServiceConfig = z.object({
  ...serviceEnv('product'),
  ...messagingEnv,
  /** STOCK_LOW is told when what is available of a variant falls to this, unless the product names its own. */
  LOW_STOCK_THRESHOLD: env.int(5, { max: 1_000_000 }),
  /** How long another instance's change may stay unseen in lists and product pages. */
  CATALOGUE_CACHE_TTL_MS: env.int(1_500, { max: 2_000 }),
  CATALOGUE_CACHE_MAX_MB: env.int(64, { min: 1, max: 4_096 }),
  /** The safety net looks at reservations older than this; an order normally settles its own within the payment window. */
  RESERVATION_NET_MINUTES: env.int(20, { min: 3, max: 10_080 }),
  RESERVATION_NET_INTERVAL_MS: env.int(60_000, { min: 50 }),
  /** A CSV file of products or stock; the gateway's BULK_BODY_LIMIT_BYTES stands before it. */
  IMPORT_MAX_BYTES: env.int(10_485_760, { min: 1_024 }),
  IMPORT_MAX_ROWS: env.int(50_000, { min: 1, max: 1_000_000 }),
  /** How often a process looks for files that wait. */
  IMPORT_INTERVAL_MS: env.int(1_000, { min: 50 }),
});

export type ProductServiceConfig = z.infer<typeof productServiceConfig>;

/** Injection token of the parsed {@link ProductServiceConfig}. */
export const CONFIG = Symbol('CONFIG');
