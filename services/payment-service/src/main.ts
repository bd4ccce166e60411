import { fileURLToPath } from 'node:url';
import { startService } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { paymentServiceConfig } from './payment-service.config.js';
import { PaymentServiceModule } from './payment-service.module.js';

const config = loadConfig(paymentServiceConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'payment-service', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });

await startService({
  name: 'payment-service',
  description: 'Payments through Razorpay, its webhooks, and refunds.',
  module: PaymentServiceModule.forRoot(config, logger),
  logger,
  host: config.HOST,
  port: config.PORT,
  beforeListen: connectEvents,
});
