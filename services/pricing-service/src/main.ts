import { fileURLToPath } from 'node:url';
import { startService } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { pricingServiceConfig } from './pricing-service.config.js';
import { PricingServiceModule } from './pricing-service.module.js';

const config = loadConfig(pricingServiceConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'pricing-service', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });

await startService({
  name: 'pricing-service',
  description: 'Prices, margins, taxes and commission.',
  module: PricingServiceModule.forRoot(config, logger),
  logger,
  host: config.HOST,
  port: config.PORT,
  beforeListen: connectEvents,
});
