/** The eight services and the gateway: name → port and database. Ports are defaults; `PORT` overrides them. */
export const SERVICES = {
  auth: { port: 3001, database: 'auth_db' },
  product: { port: 3002, database: 'product_db' },
  pricing: { port: 3003, database: 'pricing_db' },
  order: { port: 3004, database: 'order_db' },
  payment: { port: 3005, database: 'payment_db' },
  wallet: { port: 3006, database: 'wallet_db' },
  'share-link': { port: 3007, database: 'share_link_db' },
  notification: { port: 3008, database: 'notification_db' },
} as const;

export type ServiceName = keyof typeof SERVICES;

export const SERVICE_NAMES: readonly ServiceName[] = [
  'auth',
  'product',
  'pricing',
  'order',
  'payment',
  'wallet',
  'share-link',
  'notification',
];

export const GATEWAY_PORT = 3000;

/** The one business that nobody has to name. */
export const DEFAULT_BUSINESS_ID = '00000000-0000-7000-8000-000000000001';
export const DEFAULT_TENANT_ID = '00000000-0000-7000-8000-000000000000';

/**
 * Stands where an event names a business, for what concerns the platform as a whole: no business has this id, so that no
 * administrator of one sees it.
 */
export const PLATFORM_ID = '00000000-0000-7000-8000-000000000002';

export const ROLES = ['CUSTOMER', 'RESELLER', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];
