import type { ServiceName } from '@reseller/contracts';
import { ServiceClient } from '@reseller/http';
import type { OrderServiceConfig } from '../order-service.config.js';

type Target = 'pricing' | 'product' | 'payment' | 'share-link' | 'auth';

const URLS = {
  pricing: 'PRICING_SERVICE_URL',
  product: 'PRODUCT_SERVICE_URL',
  payment: 'PAYMENT_SERVICE_URL',
  'share-link': 'SHARE_LINK_SERVICE_URL',
  auth: 'AUTH_SERVICE_URL',
} as const satisfies Partial<Record<ServiceName, keyof OrderServiceConfig>>;

/** A connection from the order service to another. */
export function clientOf(target: Target, config: OrderServiceConfig, timeoutMs?: number): ServiceClient {
  return new ServiceClient({
    self: 'order',
    target,
    baseUrl: config[URLS[target]],
    serviceSecret: config.INTERNAL_SERVICE_SECRET,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}
