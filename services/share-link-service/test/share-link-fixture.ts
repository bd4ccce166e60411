import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ProductFact } from '@reseller/contracts';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig } from '@reseller/runtime';
import {
  eventPeer,
  productFact,
  StandIn,
  startTestService,
  variantFact,
  type EventPeer,
  type TestService,
} from '@reseller/testing';
import { shareLinkServiceConfig } from '../src/share-link-service.config.js';
import { ShareLinkServiceModule } from '../src/share-link-service.module.js';

export const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36';

/** The headers of one visitor behind the gateway. */
export const visitor = (address: string, userAgent = PHONE): Record<string, string> => ({
  'x-forwarded-for': address,
  'user-agent': userAgent,
});

/** With all that a link can show of it. */
const describedProduct = () =>
  productFact({
    description: 'Hand-printed cotton from Jaipur.',
    imageUrl: 'https://pictures.example/kurta.jpg',
    variants: [variantFact({ mrpPaise: 200_000 })],
  });

export interface ShareLinkFixture extends TestService<NestFastifyApplication> {
  readonly catalogue: StandIn;
  readonly pricing: StandIn;
  readonly accounts: StandIn;
  readonly productSays: EventPeer;
  readonly orderSays: EventPeer;
  /** The catalogue has it and pricing allows any seller price for it. */
  offer(fact?: ProductFact): ProductFact;
}

export async function startShareLinks(env: Record<string, string> = {}): Promise<ShareLinkFixture> {
  const [catalogue, pricing, accounts] = await Promise.all([StandIn.start(), StandIn.start(), StandIn.start()]);
  const service = await startTestService({
    service: 'share-link',
    env: {
      PRODUCT_SERVICE_URL: catalogue.url,
      PRICING_SERVICE_URL: pricing.url,
      AUTH_SERVICE_URL: accounts.url,
      PUBLIC_URL: 'https://shop.example/',
      FRONTEND_URL: 'https://app.example',
      CLICK_FLUSH_INTERVAL: '20ms',
      ...env,
    },
    createApp: (environment) => {
      const config = loadConfig(shareLinkServiceConfig, { env: environment });
      const logger = createLogger({ service: 'share-link-service', level: config.LOG_LEVEL });
      return createServiceApp({
        name: 'share-link-service',
        description: 'under test',
        module: ShareLinkServiceModule.forRoot(config, logger),
        logger,
        host: config.HOST,
        port: config.PORT,
        beforeListen: connectEvents,
      });
    },
  });
  const [productSays, orderSays] = await Promise.all([
    eventPeer('product', service.broker),
    eventPeer('order', service.broker),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([productSays.close(), orderSays.close()]);
    await service.stop();
    await Promise.all([catalogue.close(), pricing.close(), accounts.close()]);
  };
  const offer = (fact = describedProduct()): ProductFact => {
    catalogue.answers.set(`/internal/products/${fact.productId}`, { ...fact, version: 1 });
    const margin = {
      valid: true,
      reason: null,
      businessId: fact.businessId,
      basePricePaise: 100_000,
      maxSellerPricePaise: 300_000,
    };
    pricing.answers.set('/internal/margin-checks', margin);
    return fact;
  };
  return { ...service, catalogue, pricing, accounts, productSays, orderSays, offer, stop };
}
