import { z } from 'zod';
import { GATEWAY_PORT, SERVICES, type ServiceName } from '@reseller/contracts';
import { env } from '@reseller/runtime';

const serviceUrl = (name: ServiceName) => env.url(`http://localhost:${SERVICES[name].port}`);

export const gatewayConfig = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: env.port(GATEWAY_PORT),
  HOST: env.text('0.0.0.0'),
  LOG_LEVEL: env.text('info'),
  /** Stacks in the log, for developers. */
  LOG_STACKS: env.flag(false),
  JWT_SECRET: env.secret({ min: 32 }),
  IDENTITY_PRIVATE_KEY: env.secret({ min: 40 }),
  AUTH_SERVICE_URL: serviceUrl('auth'),
  PRODUCT_SERVICE_URL: serviceUrl('product'),
  PRICING_SERVICE_URL: serviceUrl('pricing'),
  ORDER_SERVICE_URL: serviceUrl('order'),
  PAYMENT_SERVICE_URL: serviceUrl('payment'),
  WALLET_SERVICE_URL: serviceUrl('wallet'),
  SHARE_LINK_SERVICE_URL: serviceUrl('share-link'),
  NOTIFICATION_SERVICE_URL: serviceUrl('notification'),
  /** Origins that browsers may call from. */
  CORS_ORIGINS: env.list(['http://localhost:3000', 'http://localhost:5173']),
  /** How many proxies stand in front (load balancer): that many entries of `X-Forwarded-For` are believed. */
  TRUSTED_PROXIES: env.int(0, { max: 10 }),
  /** Shares rate limits between instances. */
  REDIS_URL: env.optionalText(),
  /** Prefix of the keys in Redis: platforms that share one do not count for each other. */
  RATE_LIMIT_NAMESPACE: env.text('reseller-gateway:'),
  RATE_LIMIT_PER_MINUTE: env.int(600, { min: 1 }),
  RATE_LIMIT_CREDENTIALS_PER_MINUTE: env.int(20, { min: 1 }),
  RATE_LIMIT_PAYMENTS_PER_MINUTE: env.int(60, { min: 1 }),
  UPSTREAM_TIMEOUT: env.durationMs('10s'),
  BODY_LIMIT_BYTES: env.int(1_048_576, { min: 1_024, max: 52_428_800 }),
  /** Of routes that take whole files; the time is from the first byte to the answer, while the file is being sent. */
  BULK_BODY_LIMIT_BYTES: env.int(10_485_760, { min: 1_024, max: 104_857_600 }),
  BULK_TIMEOUT: env.durationMs('30s'),
  WEBHOOK_BODY_LIMIT_BYTES: env.int(524_288, { min: 1_024, max: 10_485_760 }),
  /** Streams of events that may be open at once; each holds a connection to its service. */
  STREAMS_MAX: env.int(1_000, { min: 1, max: 50_000 }),
  WEBHOOK_CONCURRENCY: env.int(64, { min: 1, max: 1_000 }),
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;

export const CONFIG = Symbol('CONFIG');

export const upstreamUrls = (config: GatewayConfig): Readonly<Record<ServiceName, string>> => ({
  auth: config.AUTH_SERVICE_URL,
  product: config.PRODUCT_SERVICE_URL,
  pricing: config.PRICING_SERVICE_URL,
  order: config.ORDER_SERVICE_URL,
  payment: config.PAYMENT_SERVICE_URL,
  wallet: config.WALLET_SERVICE_URL,
  'share-link': config.SHARE_LINK_SERVICE_URL,
  notification: config.NOTIFICATION_SERVICE_URL,
});
