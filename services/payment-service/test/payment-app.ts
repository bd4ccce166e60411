import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { paymentServiceConfig } from '../src/payment-service.config.js';
import { PaymentServiceModule } from '../src/payment-service.module.js';

/** The service as `main.ts` makes it. */
export function createPaymentApp(environment: Record<string, string>): Promise<NestFastifyApplication> {
  const config = loadConfig(paymentServiceConfig, { env: environment });
  const logger = createLogger({ service: 'payment-service', level: config.LOG_LEVEL });
  return createServiceApp({
    name: 'payment-service',
    description: 'under test',
    module: PaymentServiceModule.forRoot(config, logger),
    logger,
    host: config.HOST,
    port: config.PORT,
    beforeListen: connectEvents,
  });
}
