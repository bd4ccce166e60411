import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import { authStandIn, startTestService, type AuthStandIn, type TestClient, type TestService } from '@reseller/testing';
import { productServiceConfig } from '../src/product-service.config.js';
import { ProductServiceModule } from '../src/product-service.module.js';
import type { ProductView } from '../src/products/products.schemas.js';
import { STOCK_INVARIANTS } from '../src/stock/stock-invariants.js';

export interface ProductService extends TestService<NestFastifyApplication> {
  readonly auth: AuthStandIn;
}

export async function startProductService(
  options: { env?: Record<string, string> } & Partial<Pick<ProductService, 'db' | 'broker'>> = {},
): Promise<ProductService> {
  const auth = await authStandIn();
  const service = await startTestService<NestFastifyApplication>({
    service: 'product',
    // The safety net and the imports run where a test runs them.
    env: {
      AUTH_SERVICE_URL: auth.url,
      RESERVATION_NET_INTERVAL_MS: '3600000',
      IMPORT_INTERVAL_MS: '3600000',
      ...options.env,
    },
    ...(options.db === undefined ? {} : { database: options.db }),
    ...(options.broker === undefined ? {} : { broker: options.broker }),
    createApp: async (env) => {
      const config = loadConfig(productServiceConfig, { env, dir: fileURLToPath(new URL('..', import.meta.url)) });
      const logger = createLogger({ service: 'product-service', level: config.LOG_LEVEL });
      return createServiceApp({
        name: 'product-service',
        description: 'under test',
        module: ProductServiceModule.forRoot(config, logger),
        logger,
        host: '127.0.0.1',
        port: 0,
        beforeListen: connectEvents,
      });
    },
  });
  const stop = async (): Promise<void> => {
    await service.stop();
    await auth.close();
  };
  return { ...service, auth, stop };
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly details?: Record<string, unknown>;
  readonly errors?: readonly { path: string; message: string }[];
}

export const ADMIN = { userId: newId(), roles: ['ADMIN'], email: 'admin@example.com' } as const;

export const adminOf = (businessId: string) => ({ ...ADMIN, userId: newId(), businessId });

/** 001's printed body. */
export const T_SHIRT = {
  name: 'Product Name',
  description: 'Description',
  basePrice: 1000.0,
  variants: [
    {
      price: 1000.0,
      stock: 100,
      optionValues: [
        { optionName: 'Color', value: 'Red' },
        { optionName: 'Size', value: 'L' },
      ],
    },
  ],
  images: [{ url: 'https://example.com/image.jpg', isPrimary: true }],
} as const;

export async function createProduct(client: TestClient, body: Record<string, unknown> = {}): Promise<ProductView> {
  const answer = await client
    .as(ADMIN)
    .post<ProductView>('/products', { name: `Product ${newId()}`, basePrice: 1000, ...body });
  if (answer.status !== 201)
    throw new Error(`POST /products answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A product with one default variant, and that variant's id. */
export async function createStocked(
  client: TestClient,
  stock: number,
  body: Record<string, unknown> = {},
): Promise<{ product: ProductView; variantId: string }> {
  const product = await createProduct(client, { stock, ...body });
  return { product, variantId: product.variants[0]?.id ?? '' };
}

export function reserve(
  client: TestClient,
  ownerId: string,
  items: readonly { variantId: string; quantity: number }[],
  expiresAt: Date | null = null,
) {
  return client.asService('order').post<Record<string, unknown> & Problem>('/internal/reservations', {
    ownerType: 'ORDER',
    ownerId,
    items,
    expiresAt,
  });
}

export function release(client: TestClient, ownerId: string, reason = 'test') {
  return client
    .asService('order')
    .post<{ status: string }>('/internal/reservations/release', { ownerType: 'ORDER', ownerId, reason });
}

export async function stockOf(
  service: ProductService,
  variantId: string,
): Promise<{ stock: number; reserved: number }> {
  const [row] = await service.db.query<{ stock: number; reserved: number }>(
    'select stock, reserved from variants where id = $1',
    [variantId],
  );
  if (row === undefined) throw new Error('no such variant');
  return row;
}

export async function eventsOf<Data>(
  service: ProductService,
  type: string,
  aggregateId?: string,
): Promise<{ data: Data; aggregateVersion: number }[]> {
  const rows = await service.db.query<{ payload: { data: Data; aggregateVersion: number } }>(
    'select payload from outbox where type = $1 and ($2::text is null or aggregate_id = $2) order by seq',
    [type, aggregateId ?? null],
  );
  return rows.map(({ payload }) => payload);
}

/** The rows that break an invariant, by its name; empty when all holds. */
export async function brokenInvariants(service: ProductService): Promise<Record<string, unknown[]>> {
  const broken: Record<string, unknown[]> = {};
  for (const { name, sql } of STOCK_INVARIANTS) {
    const rows = await service.db.query(sql);
    if (rows.length > 0) broken[name] = rows;
  }
  return broken;
}

/** For `afterEach`: whatever a test did, the books must hold. */
export async function requireBooksInOrder(service: ProductService): Promise<void> {
  const broken = await brokenInvariants(service);
  if (Object.keys(broken).length > 0) throw new Error(`The books are out of order: ${JSON.stringify(broken)}`);
}
