import { z } from 'zod';
import { serviceEnv } from '@reseller/http';
import { messagingEnv, retentionMs } from '@reseller/messaging';
import { env } from '@reseller/runtime';

/** Paths are appended to it. */
const siteUrl = () => env.url('http://localhost:3000').transform((url) => url.replace(/\/+$/, ''));

export const shareLinkServiceConfig = z.object({
  ...serviceEnv('share-link'),
  ...messagingEnv,
  PUBLIC_URL: siteUrl(),
  FRONTEND_URL: siteUrl(),
  /** How old a cached link or product may be when it is shown; another instance's change shows after this. */
  LINK_CACHE_TTL: env.durationMs('2s'),
  /** How long counted clicks wait in memory to be written together. */
  CLICK_FLUSH_INTERVAL: env.durationMs('400ms'),
  /** How long single clicks are kept; daily figures stay. */
  CLICK_RETENTION: env.durationMs('35d'),
  /** How long it is remembered that a product was deleted: a late event must not bring it back. */
  PRODUCT_TOMBSTONE_RETENTION: retentionMs('30d'),
});

export type ShareLinkServiceConfig = z.infer<typeof shareLinkServiceConfig>;
export const CONFIG = Symbol('CONFIG');
