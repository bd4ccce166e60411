import { eventOf, type DomainEvent, type EventDefinition, type OrderSnapshot, type Role } from '@reseller/contracts';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import {
  eventPeer,
  orderSnapshot,
  problem,
  StandIn,
  startTestService,
  type Respond,
  type TestClient,
  type TestService,
} from '@reseller/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import { orderServiceConfig } from '../src/order-service.config.js';
import { OrderServiceModule } from '../src/order-service.module.js';
import type { OrderBody } from '../src/orders/order-view.js';
import { PRODUCT_ID, quote } from './quoting.js';

export type PlacedOrder = OrderBody & { orderToken?: string };
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly details?: Record<string, unknown>;
  readonly errors?: { path: string; message: string }[];
}

export interface OrderFixture {
  readonly service: TestService<NestFastifyApplication>;
  readonly pricing: StandIn;
  readonly product: StandIn;
  readonly payment: StandIn;
  readonly shareLink: StandIn;
  readonly auth: StandIn;
  readonly as: (person?: Person) => TestClient;
  /** Publishes events as other services would, in this order. */
  tell(...events: DomainEvent[]): Promise<void>;
  /** What the order service told of an order, oldest first. */
  told(orderId: string): Promise<DomainEvent[]>;
  deadLetters(): Promise<number>;
  place(person?: Person, body?: Record<string, unknown>, headers?: Record<string, string>): Promise<PlacedOrder>;
  read(orderId: string): Promise<OrderBody>;
  reset(): void;
  stop(): Promise<void>;
}

export interface Person {
  readonly userId?: string;
  readonly roles?: readonly Role[];
  readonly businessId?: string;
  readonly email?: string;
}

export const admin: Person = { userId: newId(), roles: ['ADMIN'], email: 'admin@example.com' };
export const customer = (): Person => ({ userId: newId(), roles: ['CUSTOMER'], email: 'buyer@example.com' });

export const simpleOrder = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  shippingAddress: '123 Main St, City, Country',
  items: [{ productId: PRODUCT_ID, quantity: 2 }],
  ...more,
});

const account = (roles: readonly Role[], isActive = true) => ({
  id: newId(),
  email: 'account@example.com',
  firstName: 'Asha',
  lastName: 'Rao',
  phone: '+919876543210',
  roles,
  isActive,
  version: 1,
});

/** Every account that auth is asked for is an active administrator and reseller, unless a test says otherwise. */
const authUsually: Respond = ({ path }) =>
  path.startsWith('/internal/users/')
    ? { status: 200, body: account(['ADMIN', 'RESELLER']) }
    : problem(404, 'NOT_FOUND');

const productUsually: Respond = ({ path, body }) =>
  path === '/internal/reservations'
    ? {
        status: 201,
        body: { reservationId: newId(), status: 'RESERVED', items: body, reservedAt: new Date().toISOString() },
      }
    : { status: 200, body: {} };

const paymentUsually: Respond = ({ path }) => {
  if (path.endsWith('/confirm-unpaid')) return { status: 200, body: { unpaid: true } };
  if (path.endsWith('/refunds')) return { status: 200, body: { isGoingBack: false } };
  return { status: 200, body: { paymentId: newId() } };
};

/** Which database and broker it shares with another instance. */
export type Beside = Pick<TestService<NestFastifyApplication>, 'db' | 'broker'>;

export async function startOrderService(env: Record<string, string> = {}, beside?: Beside): Promise<OrderFixture> {
  const [pricing, product, payment, shareLink, auth] = await Promise.all([
    StandIn.start(({ body }) => quote(body as Parameters<typeof quote>[0])),
    StandIn.start(productUsually),
    StandIn.start(paymentUsually),
    StandIn.start(() => problem(404, 'SHARE_LINK_NOT_FOUND')),
    StandIn.start(authUsually),
  ]);
  const standIns = [pricing, product, payment, shareLink, auth];
  const service = await startTestService({
    service: 'order',
    ...(beside === undefined ? {} : { database: beside.db, broker: beside.broker }),
    env: {
      PRICING_SERVICE_URL: pricing.url,
      PRODUCT_SERVICE_URL: product.url,
      PAYMENT_SERVICE_URL: payment.url,
      SHARE_LINK_SERVICE_URL: shareLink.url,
      AUTH_SERVICE_URL: auth.url,
      ORDER_EXPIRY_INTERVAL: '12h',
      ORDER_FIGURES_INTERVAL: '12h',
      DASHBOARD_CACHE_TTL: '0s',
      SOLD_OUT_TTL: '0s',
      STREAM_POLL_INTERVAL: '20ms',
      ...env,
    },
    createApp: (given) => {
      const config = loadConfig(orderServiceConfig, { env: given });
      const logger = createLogger({ service: 'order-service', level: config.LOG_LEVEL });
      return createServiceApp({
        name: 'order-service',
        description: 'under test',
        module: OrderServiceModule.forRoot(config, logger),
        logger,
        host: config.HOST,
        port: config.PORT,
        beforeListen: connectEvents,
      });
    },
  });
  const others = await eventPeer('payment', service.broker);
  const as = (person: Person = admin) => service.client.as(person);

  return {
    service,
    pricing,
    product,
    payment,
    shareLink,
    auth,
    as,
    tell: others.tell,
    told: async (orderId) => {
      const rows = await service.db.query<{ payload: DomainEvent }>(
        `select payload from outbox where aggregate_id = $1 and type like 'ORDER_%' order by seq`,
        [orderId],
      );
      return rows.map(({ payload }) => payload);
    },
    deadLetters: async () => (await others.deadLettersOf('order')).length,
    place: async (person = customer(), body = simpleOrder(), headers = {}) => {
      const response = await as(person).post<PlacedOrder>('/orders', body, headers);
      if (response.status !== 201) throw new Error(`not placed: ${JSON.stringify(response.body)}`);
      return response.body;
    },
    read: async (orderId) => (await as(admin).get<OrderBody>(`/orders/${orderId}`)).body,
    reset: () => standIns.forEach((standIn) => standIn.reset()),
    stop: async () => {
      await others.close();
      await service.stop();
      await Promise.all(standIns.map((standIn) => standIn.close()));
    },
  };
}

/** The snapshot that payment would have kept of an order; what consumers do not read is made up. */
export const snapshot = (order: OrderBody): OrderSnapshot =>
  orderSnapshot({
    orderId: order.id,
    orderNumber: order.orderNumber,
    businessId: order.businessId,
    buyer: { userId: order.userId },
    sellerId: order.sellerId,
    shareLinkId: order.shareLinkId,
    paymentMethod: order.paymentMethod,
    subtotalPaise: Math.round(order.subtotal * 100),
    taxPaise: Math.round(order.taxTotal * 100),
    shippingPaise: Math.round(order.shippingTotal * 100),
    totalPaise: Math.round(order.total * 100),
    commissionPaise: Math.round(order.commission * 100),
    createdAt: order.createdAt,
  });

export function fact<Type extends string, Schema extends z.ZodType>(
  definition: EventDefinition<Type, Schema>,
  aggregateId: string,
  data: z.infer<Schema>,
  version = 1,
): DomainEvent {
  return eventOf(definition, { aggregateId, aggregateVersion: version, occurredAt: new Date(), data });
}
