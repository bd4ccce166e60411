import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import {
  authStandIn,
  eventPeer,
  StandIn,
  startTestService,
  type AuthStandIn,
  type EventPeer,
  type TestService,
} from '@reseller/testing';
import { pricingServiceConfig } from '../src/pricing-service.config.js';
import { PricingServiceModule } from '../src/pricing-service.module.js';

export interface PricingFixture extends TestService<NestFastifyApplication> {
  readonly catalogue: StandIn;
  readonly accounts: AuthStandIn;
  readonly productSays: EventPeer;
  readonly authSays: EventPeer;
}

/** The pricing service with the two services that it asks, over HTTP and on the broker. */
export async function startPricing(): Promise<PricingFixture> {
  const [catalogue, accounts] = await Promise.all([StandIn.start(), authStandIn()]);
  const service = await startTestService({
    service: 'pricing',
    env: { PRODUCT_SERVICE_URL: catalogue.url, AUTH_SERVICE_URL: accounts.url },
    createApp: (env) => {
      const config = loadConfig(pricingServiceConfig, { env });
      const logger = createLogger({ service: 'pricing-service', level: config.LOG_LEVEL });
      return createServiceApp({
        name: 'pricing-service',
        description: 'under test',
        module: PricingServiceModule.forRoot(config, logger),
        logger,
        host: config.HOST,
        port: config.PORT,
        beforeListen: connectEvents,
      });
    },
  });
  const [productSays, authSays] = await Promise.all([
    eventPeer('product', service.broker),
    eventPeer('auth', service.broker),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([productSays.close(), authSays.close()]);
    await service.stop();
    await Promise.all([catalogue.close(), accounts.close()]);
  };
  return { ...service, catalogue, accounts, productSays, authSays, stop };
}
