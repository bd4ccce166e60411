import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEFAULT_BUSINESS_ID, type OrderSnapshot, type ProductFact } from '@reseller/contracts';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import { eventPeer, startTestService, type EventPeer, type TestService } from '@reseller/testing';
import { shareLinkServiceConfig } from '../src/share-link-service.config.js';
import { ShareLinkServiceModule } from '../src/share-link-service.module.js';

export const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36';

/** The headers of one visitor behind the gateway. */
export const visitor = (address: string, userAgent = PHONE): Record<string, string> => ({
  'x-forwarded-for': address,
  'user-agent': userAgent,
});

export function productFact(over: Partial<ProductFact> = {}): ProductFact {
  const productId = over.productId ?? newId();
  return {
    productId,
    businessId: DEFAULT_BUSINESS_ID,
    name: 'Block-print kurta',
    slug: `kurta-${productId}`,
    description: 'Hand-printed cotton from Jaipur.',
    basePricePaise: 100_000,
    categoryId: null,
    categoryPath: [],
    hsn: null,
    taxRateBps: null,
    imageUrl: 'https://pictures.example/kurta.jpg',
    isActive: true,
    variants: [
      {
        variantId: newId(),
        sku: 'KURTA-M',
        name: null,
        pricePaise: 100_000,
        mrpPaise: 200_000,
        imageUrl: null,
        isActive: true,
        isDefault: true,
      },
    ],
    ...over,
  };
}

export function orderSnapshot(over: Partial<OrderSnapshot> = {}): OrderSnapshot {
  const orderId = over.orderId ?? newId();
  return {
    orderId,
    orderNumber: 'ORD-2026-000001',
    businessId: DEFAULT_BUSINESS_ID,
    buyer: { userId: newId(), customerId: null, name: null, email: null, phone: null },
    sellerId: newId(),
    shareLinkId: newId(),
    paymentMethod: 'RAZORPAY',
    currency: 'INR',
    pricesIncludeTax: true,
    subtotalPaise: 300_000,
    discountPaise: 0,
    taxPaise: 0,
    shippingPaise: 0,
    totalPaise: 300_000,
    commissionPaise: 30_000,
    items: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Another service's internal API as a tiny real server: answers by path, 404 for what it was not told. */
export interface StandIn {
  readonly url: string;
  readonly answers: Map<string, Answer>;
  close(): Promise<void>;
}

const NOT_FOUND: Answer = { status: 404, body: { code: 'NOT_FOUND', detail: 'There is no such thing.' } };

export async function standIn(): Promise<StandIn> {
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => {
    const { status, body } = answers.get(request.url ?? '') ?? NOT_FOUND;
    response.writeHead(status, { 'content-type': 'application/json' });
    request.resume().on('end', () => response.end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, answers, close };
}

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
  const [catalogue, pricing, accounts] = await Promise.all([standIn(), standIn(), standIn()]);
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
  const offer = (fact = productFact()): ProductFact => {
    catalogue.answers.set(`/internal/products/${fact.productId}`, { status: 200, body: { ...fact, version: 1 } });
    const margin = {
      valid: true,
      reason: null,
      businessId: fact.businessId,
      basePricePaise: 100_000,
      maxSellerPricePaise: 300_000,
    };
    pricing.answers.set('/internal/margin-checks', { status: 200, body: margin });
    return fact;
  };
  return { ...service, catalogue, pricing, accounts, productSays, orderSays, offer, stop };
}
