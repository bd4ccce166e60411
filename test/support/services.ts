import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import type { ServiceName } from '@reseller/contracts';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, type Logger } from '@reseller/runtime';
import { authServiceConfig } from '../../services/auth-service/src/auth-service.config.js';
import { AuthServiceModule } from '../../services/auth-service/src/auth-service.module.js';
import { notificationServiceConfig } from '../../services/notification-service/src/notification-service.config.js';
import { NotificationServiceModule } from '../../services/notification-service/src/notification-service.module.js';
import { orderServiceConfig } from '../../services/order-service/src/order-service.config.js';
import { OrderServiceModule } from '../../services/order-service/src/order-service.module.js';
import { paymentServiceConfig } from '../../services/payment-service/src/payment-service.config.js';
import { PaymentServiceModule } from '../../services/payment-service/src/payment-service.module.js';
import { pricingServiceConfig } from '../../services/pricing-service/src/pricing-service.config.js';
import { PricingServiceModule } from '../../services/pricing-service/src/pricing-service.module.js';
import { productServiceConfig } from '../../services/product-service/src/product-service.config.js';
import { ProductServiceModule } from '../../services/product-service/src/product-service.module.js';
import { shareLinkServiceConfig } from '../../services/share-link-service/src/share-link-service.config.js';
import { ShareLinkServiceModule } from '../../services/share-link-service/src/share-link-service.module.js';
import { walletServiceConfig } from '../../services/wallet-service/src/wallet-service.config.js';
import { WalletServiceModule } from '../../services/wallet-service/src/wallet-service.module.js';

type Env = Record<string, string>;

function app<Schema extends z.ZodType<{ LOG_LEVEL: string; HOST: string; PORT: number }>>(
  service: ServiceName,
  schema: Schema,
  forRoot: (config: z.infer<Schema>, logger: Logger) => DynamicModule,
): (env: Env) => Promise<NestFastifyApplication> {
  return (env) => {
    const name = `${service}-service`;
    const config = loadConfig(schema, { env });
    const logger = createLogger({ service: name, level: config.LOG_LEVEL });
    return createServiceApp({
      name,
      description: 'under test',
      module: forRoot(config, logger),
      logger,
      host: config.HOST,
      port: config.PORT,
      beforeListen: connectEvents,
    });
  };
}

/** Every service as its `main.ts` makes it, by name. */
export const SERVICE_APPS: Readonly<Record<ServiceName, (env: Env) => Promise<NestFastifyApplication>>> = {
  auth: app('auth', authServiceConfig, (config, logger) => AuthServiceModule.forRoot(config, logger)),
  product: app('product', productServiceConfig, (config, logger) => ProductServiceModule.forRoot(config, logger)),
  pricing: app('pricing', pricingServiceConfig, (config, logger) => PricingServiceModule.forRoot(config, logger)),
  order: app('order', orderServiceConfig, (config, logger) => OrderServiceModule.forRoot(config, logger)),
  payment: app('payment', paymentServiceConfig, (config, logger) => PaymentServiceModule.forRoot(config, logger)),
  wallet: app('wallet', walletServiceConfig, (config, logger) => WalletServiceModule.forRoot(config, logger)),
  'share-link': app('share-link', shareLinkServiceConfig, (config, logger) =>
    ShareLinkServiceModule.forRoot(config, logger),
  ),
  notification: app('notification', notificationServiceConfig, (config, logger) =>
    NotificationServiceModule.forRoot(config, logger),
  ),
};
