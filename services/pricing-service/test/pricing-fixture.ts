import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEFAULT_BUSINESS_ID, type ProductFact } from '@reseller/contracts';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import {
  authStandIn,
  eventPeer,
  startTestService,
  type AuthStandIn,
  type EventPeer,
  type TestService,
} from '@reseller/testing';
import { pricingServiceConfig } from '../src/pricing-service.config.js';
import { PricingServiceModule } from '../src/pricing-service.module.js';

type Variant = ProductFact['variants'][number];

export function variantFact(over: Partial<Variant> = {}): Variant {
  const variantId = over.variantId ?? newId();
  return {
    variantId,
    sku: `SKU-${variantId.slice(-8)}`,
    name: null,
    pricePaise: 100_000,
    mrpPaise: null,
    imageUrl: null,
    isActive: true,
    isDefault: true,
    ...over,
  };
}

/** A product as the catalogue would tell of it: one variant at ₹1000 unless the test says otherwise. */
export function productFact(over: Partial<ProductFact> = {}): ProductFact {
  const productId = over.productId ?? newId();
  return {
    productId,
    businessId: DEFAULT_BUSINESS_ID,
    name: 'Block-print kurta',
    slug: `kurta-${productId}`,
    description: null,
    basePricePaise: 100_000,
    categoryId: null,
    categoryPath: [],
    hsn: null,
    taxRateBps: null,
    imageUrl: null,
    isActive: true,
    variants: [variantFact()],
    ...over,
  };
}

/** Another service's internal API as a tiny real server: answers by path, 404 for what it was not told. */
export interface StandIn {
  readonly url: string;
  readonly calls: string[];
  readonly answers: Map<string, unknown>;
  close(): Promise<void>;
}

export async function standIn(): Promise<StandIn> {
  const answers = new Map<string, unknown>();
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    calls.push(path);
    const answer = answers.get(path);
    response.statusCode = answer === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer ?? { code: 'NOT_FOUND', detail: 'There is no such thing.' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface PricingFixture extends TestService<NestFastifyApplication> {
  readonly catalogue: StandIn;
  readonly accounts: AuthStandIn;
  readonly productSays: EventPeer;
  readonly authSays: EventPeer;
}

/** The pricing service with the two services that it asks, over HTTP and on the broker. */
export async function startPricing(): Promise<PricingFixture> {
  const [catalogue, accounts] = await Promise.all([standIn(), authStandIn()]);
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
