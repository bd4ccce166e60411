import { fileURLToPath } from 'node:url';
import { startService } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { notificationServiceConfig } from './notification-service.config.js';
import { NotificationServiceModule } from './notification-service.module.js';

const config = loadConfig(notificationServiceConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'notification-service', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });

await startService({
  name: 'notification-service',
  description: 'Tells people what happened: mail, text messages and WhatsApp.',
  module: NotificationServiceModule.forRoot(config, logger),
  logger,
  host: config.HOST,
  port: config.PORT,
  beforeListen: connectEvents,
});
