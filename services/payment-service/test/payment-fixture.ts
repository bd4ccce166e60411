import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEFAULT_BUSINESS_ID, type OrderSnapshot } from '@reseller/contracts';
import { createServiceApp } from '@reseller/http';
import { connectEvents } from '@reseller/messaging';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import {
  createSandbox,
  webhookSignature,
  type FaultRequest,
  type PayRequest,
  type PayResult,
  type Sandbox,
} from '@reseller/razorpay-sandbox';
import { eventPeer, startTestService, type EventPeer, type TestClient, type TestService } from '@reseller/testing';
import { paymentServiceConfig } from '../src/payment-service.config.js';
import { PaymentServiceModule } from '../src/payment-service.module.js';
import { PAYMENT_INVARIANTS } from '../src/payments/payment-invariants.js';
import type { PaymentView } from '../src/payments/payments.schemas.js';

export const KEY_ID = 'rzp_test_sandbox000001';
export const KEY_SECRET = 'key-secret-of-the-tests';
export const WEBHOOK_SECRET = 'webhook-secret-of-the-tests';
export const ADMIN = { userId: newId(), roles: ['ADMIN'] as const };

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly details?: Record<string, unknown>;
}

export interface RazorpayOrder {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly receipt: string;
  readonly status: string;
  readonly key: string;
}

export interface CreatedOrder {
  readonly payment: PaymentView;
  readonly razorpayOrder: RazorpayOrder;
}

export interface TestOrder extends OrderSnapshot {
  payable: boolean;
  reason?: string;
  status: string;
  payablePaise: number;
  orderToken: string;
}

/** An order as the order service would tell of it. */
export function orderOf(options: Partial<TestOrder> = {}): TestOrder {
  const totalPaise = options.totalPaise ?? 300_000;
  const number = String(Math.floor(Math.random() * 1e9)).padStart(9, '0');
  return {
    orderId: newId(),
    orderNumber: `ORD-2026-${number}`,
    businessId: DEFAULT_BUSINESS_ID,
    buyer: { userId: newId(), customerId: null, name: 'Asha', email: 'asha@example.com', phone: '+919876543210' },
    sellerId: newId(),
    shareLinkId: null,
    paymentMethod: 'RAZORPAY',
    currency: 'INR',
    pricesIncludeTax: true,
    subtotalPaise: totalPaise,
    discountPaise: 0,
    taxPaise: 0,
    shippingPaise: 0,
    totalPaise,
    commissionPaise: 30_000,
    items: [],
    createdAt: new Date().toISOString(),
    payable: true,
    status: 'PENDING',
    payablePaise: totalPaise,
    orderToken: newId(),
    ...options,
  };
}

/** The order and auth services as far as payment asks them. */
class Neighbours {
  readonly orders = new Map<string, TestOrder>();
  readonly dismissedAdmins = new Set<string>();
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Neighbours> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const neighbours = new Neighbours(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      const { status, body } = neighbours.answer(new URL(request.url ?? '/', neighbours.url));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    return neighbours;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private answer(url: URL): { status: number; body: unknown } {
    const [, , collection, key = ''] = url.pathname.split('/');
    if (collection === 'users') {
      return { status: 200, body: { roles: this.dismissedAdmins.has(key) ? ['CUSTOMER'] : ['ADMIN'], isActive: true } };
    }
    const order = [...this.orders.values()].find(({ orderId, orderNumber }) => orderId === key || orderNumber === key);
    if (order === undefined) return { status: 404, body: { code: 'ORDER_NOT_FOUND', detail: 'There is no such order.' } };
    const { orderToken, ...payable } = order;
    const given = url.searchParams.get('orderToken');
    const judged = given === null ? {} : { orderTokenOk: given === orderToken };
    return { status: 200, body: { ...payable, paymentExpiresAt: null, ...judged } };
  }
}

interface SandboxDelivery {
  readonly eventId: string;
  readonly event: string;
  readonly body: string;
  readonly signature: string;
}

/** The payment service with a database, a broker, a Razorpay and neighbours of its own. */
export class PaymentFixture {
  private constructor(
    readonly service: TestService<NestFastifyApplication>,
    readonly sandbox: Sandbox,
    readonly sandboxUrl: string,
    readonly neighbours: Neighbours,
    /** The order service, on the broker. */
    readonly orders: EventPeer,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<PaymentFixture> {
    const neighbours = await Neighbours.start();
    // Webhooks go nowhere by themselves: a test takes them from the sandbox and delivers them as it likes.
    const sandbox = createSandbox({
      keyId: KEY_ID,
      keySecret: KEY_SECRET,
      webhookUrl: 'http://127.0.0.1:9/payments/webhook',
      webhookSecret: WEBHOOK_SECRET,
      webhookRetryDelaysMs: [],
    });
    const { url } = await sandbox.listen();
    const service = await startTestService({
      service: 'payment',
      env: {
        ORDER_SERVICE_URL: neighbours.url,
        AUTH_SERVICE_URL: neighbours.url,
        RAZORPAY_KEY_ID: KEY_ID,
        RAZORPAY_KEY_SECRET: KEY_SECRET,
        RAZORPAY_WEBHOOK_SECRET: WEBHOOK_SECRET,
        RAZORPAY_API_URL: url,
        RAZORPAY_TIMEOUT: '400ms',
        // Jobs run where a test runs them.
        PAYMENT_JOBS_INTERVAL: '1h',
        ...env,
      },
      createApp: createPaymentApp,
    });
    return new PaymentFixture(service, sandbox, url, neighbours, await eventPeer('order', service.broker));
  }

  async stop(): Promise<void> {
    await this.orders.close();
    await this.service.stop();
    await this.sandbox.close();
    await this.neighbours.stop();
  }

  get client(): TestClient {
    return this.service.client;
  }

  addOrder(options: Partial<TestOrder> = {}): TestOrder {
    const order = orderOf(options);
    this.neighbours.orders.set(order.orderId, order);
    return order;
  }

  buyer(order: TestOrder): TestClient {
    return this.client.as({ userId: order.buyer.userId });
  }

  get admin(): TestClient {
    return this.client.as(ADMIN);
  }

  /** Begins to pay an order of its own. */
  async checkout(options: Partial<TestOrder> = {}): Promise<CreatedOrder & { order: TestOrder }> {
    const order = this.addOrder(options);
    const created = await this.createOrder(order);
    return { order, ...created };
  }

  async createOrder(order: TestOrder): Promise<CreatedOrder> {
    const answer = await this.buyer(order).post<CreatedOrder>('/payments/razorpay/create-order', { orderId: order.orderId });
    if (answer.status !== 201) throw new Error(`create-order answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A customer in checkout. The webhooks of it wait in the sandbox. */
  async pay(razorpayOrderId: string, request: PayRequest = { outcome: 'success' }): Promise<PayResult> {
    return this.control<PayResult>('POST', `/sandbox/orders/${razorpayOrderId}/pay`, { webhooks: { drop: true }, ...request });
  }

  verify(paid: PayResult, forged: Partial<PayResult> = {}) {
    const { status: _status, ...claim } = { ...paid, ...forged };
    return this.client.anonymous().post<PaymentView & Problem>('/payments/verify', claim);
  }

  /** The webhooks that Razorpay would send about something, in the order in which it happened. */
  async webhooksAbout(subjectId: string): Promise<SandboxDelivery[]> {
    const { items } = await this.control<{ items: (Omit<SandboxDelivery, 'body'> & { body: unknown })[] }>(
      'GET',
      `/sandbox/webhooks?about=${subjectId}`,
    );
    return items.map((delivery) => ({ ...delivery, body: JSON.stringify(delivery.body) }));
  }

  deliver(delivery: SandboxDelivery, path = '/payments/webhook') {
    return this.client.post<Problem>(path, delivery.body, {
      'content-type': 'application/json',
      'x-razorpay-signature': delivery.signature,
      'x-razorpay-event-id': delivery.eventId,
    });
  }

  /** Delivers everything about something, one by one. */
  async deliverAllAbout(subjectId: string): Promise<void> {
    for (const delivery of await this.webhooksAbout(subjectId)) {
      const { status } = await this.deliver(delivery);
      if (status !== 200) throw new Error(`the webhook ${delivery.event} answered ${status}`);
    }
  }

  /** A webhook with a body of our own, signed. */
  deliverBody(body: unknown, options: { eventId?: string; secret?: string; path?: string } = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.client.post<Problem>(options.path ?? '/payments/webhook', text, {
      'content-type': 'application/json',
      'x-razorpay-signature': webhookSignature(text, options.secret ?? WEBHOOK_SECRET),
      ...(options.eventId === undefined ? {} : { 'x-razorpay-event-id': options.eventId }),
    });
  }

  async fault(fault: Omit<FaultRequest, 'times'> & { times?: number }): Promise<void> {
    await this.control('POST', '/sandbox/faults', { times: 1, ...fault });
  }

  async payment(id: string): Promise<PaymentView> {
    const answer = await this.admin.get<PaymentView>(`/payments/${id}`);
    if (answer.status !== 200) throw new Error(`GET /payments/${id} answered ${answer.status}`);
    return answer.body;
  }

  /** What the service has told about an order, oldest first. */
  async eventsOf(orderId: string, type?: string): Promise<{ type: string; aggregateVersion: number; data: Record<string, unknown> }[]> {
    const rows = await this.service.db.query<{ payload: { type: string; aggregateVersion: number; data: Record<string, unknown> } }>(
      `select payload from outbox where aggregate_id = $1 and aggregate_type = 'order' order by seq`,
      [orderId],
    );
    return rows.map(({ payload }) => payload).filter((event) => type === undefined || event.type === type);
  }

  async typesOf(orderId: string): Promise<string[]> {
    return (await this.eventsOf(orderId)).map(({ type }) => type);
  }

  /** What does not hold of the database: nothing, after whatever a test has done. */
  async violations(): Promise<{ name: string; rows: readonly object[] }[]> {
    const checked = [];
    for (const { name, sql } of PAYMENT_INVARIANTS) checked.push({ name, rows: await this.service.db.query(sql) });
    return checked.filter(({ rows }) => rows.length > 0);
  }

  async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.sandboxUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text === '' ? 'null' : text);
  }
}

/** The service as `main.ts` makes it. */
export function createPaymentApp(environment: Record<string, string>): Promise<NestFastifyApplication> {
  const config = loadConfig(paymentServiceConfig, { env: environment });
  const logger = createLogger({ service: 'payment-service', level: config.LOG_LEVEL });
  return createServiceApp({
    name: 'payment-service',
    description: 'under test',
    module: PaymentServiceModule.forRoot(config, logger),
    logger,
    host: config.HOST,
    port: config.PORT,
    beforeListen: connectEvents,
  });
}
