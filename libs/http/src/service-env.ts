import { z } from 'zod';
import { SERVICES, type ServiceName } from '@reseller/contracts';
import { env } from '@reseller/runtime';

const serviceUrl = (name: ServiceName) => env.url(`http://localhost:${SERVICES[name].port}`);

/** The part of the environment that every service reads. Spread into the service's own schema. */
export const serviceEnv = (service: ServiceName) => ({
  NODE_ENV: z.string().default('development'),
  PORT: env.port(SERVICES[service].port),
  HOST: env.text('0.0.0.0'),
  LOG_LEVEL: env.text('info'),
  /** Stacks in the log, for developers. */
  LOG_STACKS: env.flag(false),
  DATABASE_URL: env.url(),
  DATABASE_POOL_SIZE: env.int(6, { min: 1, max: 100 }),
  DATABASE_ADAPTER: z.preprocess((value) => (value === '' ? undefined : value), z.enum(['pg', 'neon']).optional()),
  NEON_WS_PROXY: env.optionalText(),
  IDENTITY_PUBLIC_KEY: env.secret({ min: 40 }),
  INTERNAL_SERVICE_SECRET: env.secret({ min: 32 }),
  AUTH_SERVICE_URL: serviceUrl('auth'),
  PRODUCT_SERVICE_URL: serviceUrl('product'),
  PRICING_SERVICE_URL: serviceUrl('pricing'),
  ORDER_SERVICE_URL: serviceUrl('order'),
  PAYMENT_SERVICE_URL: serviceUrl('payment'),
  SHARE_LINK_SERVICE_URL: serviceUrl('share-link'),
});
