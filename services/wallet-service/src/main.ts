import { fileURLToPath } from 'node:url';
import { startService } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import { walletServiceConfig } from './wallet-service.config.js';
import { WalletServiceModule } from './wallet-service.module.js';

const config = loadConfig(walletServiceConfig, { dir: fileURLToPath(new URL('..', import.meta.url)) });
const logger = createLogger({ service: 'wallet-service', level: config.LOG_LEVEL, stacks: config.LOG_STACKS });

await startService({
  name: 'wallet-service',
  description: 'Resellers’ wallets: a double-entry ledger of commission and payouts.',
  module: WalletServiceModule.forRoot(config, logger),
  logger,
  host: config.HOST,
  port: config.PORT,
  beforeListen: connectEvents,
});
