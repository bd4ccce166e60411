import { fileURLToPath } from 'node:url';
import { startService } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { orderServiceConfig } from './order-service.config.js';
import { OrderServiceModule } from './order-service.module.js';

const config = loadConfig(orderServiceConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'order-service', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });

await startService({
  name: 'order-service',
  description: 'Orders from placement to delivery.',
  module: OrderServiceModule.forRoot(config, logger),
  logger,
  host: config.HOST,
  port: config.PORT,
  beforeListen: connectEvents,
});
