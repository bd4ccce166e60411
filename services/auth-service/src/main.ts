import { fileURLToPath } from 'node:url';
import { startService } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { authServiceConfig } from './auth-service.config.js';
import { AuthServiceModule } from './auth-service.module.js';

const config = loadConfig(authServiceConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'auth-service', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });

await startService({
  name: 'auth-service',
  description: 'Accounts, sessions, roles, addresses, businesses and their customers.',
  module: AuthServiceModule.forRoot(config, logger),
  logger,
  host: config.HOST,
  port: config.PORT,
  beforeListen: connectEvents,
});
