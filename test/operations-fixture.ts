import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayConfig } from '../gateway/src/gateway.config.js';
import { authServiceConfig } from '../services/auth-service/src/auth-service.config.js';
import { notificationServiceConfig } from '../services/notification-service/src/notification-service.config.js';
import { orderServiceConfig } from '../services/order-service/src/order-service.config.js';
import { paymentServiceConfig } from '../services/payment-service/src/payment-service.config.js';
import { pricingServiceConfig } from '../services/pricing-service/src/pricing-service.config.js';
import { productServiceConfig } from '../services/product-service/src/product-service.config.js';
import { shareLinkServiceConfig } from '../services/share-link-service/src/share-link-service.config.js';
import { walletServiceConfig } from '../services/wallet-service/src/wallet-service.config.js';

export const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/** What each process reads from its environment. */
export const CONFIG_SCHEMAS = {
  gateway: gatewayConfig,
  auth: authServiceConfig,
  product: productServiceConfig,
  pricing: pricingServiceConfig,
  order: orderServiceConfig,
  payment: paymentServiceConfig,
  wallet: walletServiceConfig,
  'share-link': shareLinkServiceConfig,
  notification: notificationServiceConfig,
};

const keys = generateKeyPairSync('ed25519');
const VALUES: Readonly<Record<string, string>> = {
  IDENTITY_PRIVATE_KEY: keys.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  IDENTITY_PUBLIC_KEY: keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
};

/** `${NAME:?hint}` becomes a value as somebody would fill it in, `${NAME:-value}` the value after it. */
export function filled(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, text]) => [
      name,
      text
        .replaceAll(/\$\{([A-Z_]+):\?[^}]*\}/g, (_, variable: string) => VALUES[variable] ?? 'a1'.repeat(32))
        .replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1'),
    ]),
  );
}
