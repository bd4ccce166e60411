import { fileURLToPath } from 'node:url';
import { logUncaught, runUntilStopped } from '@reseller/http';
import { createLogger, loadConfig } from '@reseller/runtime';
import { createGatewayApp } from './gateway.app.js';
import { gatewayConfig } from './gateway.config.js';

const config = loadConfig(gatewayConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });
logUncaught(logger);
const app = await createGatewayApp(config, logger);
await runUntilStopped(app, { logger, host: config.HOST, port: config.PORT });
