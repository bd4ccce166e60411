import { fileURLToPath } from 'node:url';
import { startService } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { shareLinkServiceConfig } from './share-link-service.config.js';
import { ShareLinkServiceModule } from './share-link-service.module.js';

const config = loadConfig(shareLinkServiceConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'share-link-service', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });

await startService({
  name: 'share-link-service',
  description: 'Share links, their pages, clicks and conversions.',
  module: ShareLinkServiceModule.forRoot(config, logger),
  logger,
  host: config.HOST,
  port: config.PORT,
  beforeListen: connectEvents,
});
