import { fileURLToPath } from 'node:url';
import { startService } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { productServiceConfig } from './product-service.config.js';
import { ProductServiceModule } from './product-service.module.js';

const config = loadConfig(productServiceConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'product-service', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });

await startService({
  name: 'product-service',
  description: 'The catalogue and its stock: products, variants, categories, reservations, inventory.',
  module: ProductServiceModule.forRoot(config, logger),
  logger,
  host: config.HOST,
  port: config.PORT,
  beforeListen: connectEvents,
});
