import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DomainEvent } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import {
  createSandbox,
  webhookSignature,
  type FaultRequest,
  type PayRequest,
  type PayResult,
  type Sandbox,
} from '@reseller/razorpay-sandbox';
import {
  authStandIn,
  eventPeer,
  eventually,
  startTestService,
  untilHandled,
  type AuthStandIn,
  type EventPeer,
  type TestClient,
  type TestDatabase,
  type TestService,
} from '@reseller/testing';
import { CaptureAuthorizedJob } from '../src/payments/capture-authorized.job.js';
import { PAYMENT_INVARIANTS } from '../src/payments/payment-invariants.js';
import type { PaymentView } from '../src/payments/payments.schemas.js';
import { ReconcilePayments } from '../src/reconciliation/reconcile-payments.js';
import { ProcessRefunds } from '../src/refunds/process-refunds.js';
import type { RefundView } from '../src/refunds/refunds.schemas.js';
import { SweepWebhooksJob } from '../src/webhooks/sweep-webhooks.job.js';
import { startNeighbours, type Neighbours } from './neighbours.js';
import { orderCancelled, orderOf, type TestOrder } from './orders.js';
import { createPaymentApp } from './payment-app.js';
import type { CreatedOrder, Problem, RazorpayOrder, SandboxDelivery } from './payment-wire.js';

export const KEY_ID = 'rzp_test_sandbox000001';
export const KEY_SECRET = 'key-secret-of-the-tests';
export const WEBHOOK_SECRET = 'webhook-secret-of-the-tests';
export const ADMIN = { userId: newId(), roles: ['ADMIN'] as const };

export type { CreatedOrder, Problem, RazorpayOrder };

/** The payment service with a database, a broker, a Razorpay and neighbours of its own. */
export class PaymentFixture {
  private constructor(
    readonly service: TestService<NestFastifyApplication>,
    readonly sandbox: Sandbox,
    readonly sandboxUrl: string,
    readonly neighbours: Neighbours,
    readonly auth: AuthStandIn,
    /** The order service, on the broker. */
    readonly orders: EventPeer,
  ) {}

  static async start(env: Record<string, string> = {}, database?: TestDatabase): Promise<PaymentFixture> {
    const [neighbours, auth] = await Promise.all([startNeighbours(), authStandIn()]);
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
      ...(database === undefined ? {} : { database }),
      env: {
        ORDER_SERVICE_URL: neighbours.url,
        AUTH_SERVICE_URL: auth.url,
        RAZORPAY_KEY_ID: KEY_ID,
        RAZORPAY_KEY_SECRET: KEY_SECRET,
        RAZORPAY_WEBHOOK_SECRET: WEBHOOK_SECRET,
        RAZORPAY_API_URL: url,
        RAZORPAY_TIMEOUT: '1500ms',
        // Jobs run where a test runs them.
        PAYMENT_JOBS_INTERVAL: '1h',
        ...env,
      },
      createApp: createPaymentApp,
    });
    return new PaymentFixture(service, sandbox, url, neighbours, auth, await eventPeer('order', service.broker));
  }

  async stop(): Promise<void> {
    await this.orders.close();
    await this.service.stop();
    await this.sandbox.close();
    await Promise.all([this.neighbours.close(), this.auth.close()]);
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
    const answer = await this.buyer(order).post<CreatedOrder>('/payments/razorpay/create-order', {
      orderId: order.orderId,
    });
    if (answer.status !== 201)
      throw new Error(`create-order answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** The same for an order without an account. */
  async checkoutAsGuest(options: Partial<TestOrder> = {}): Promise<CreatedOrder & { order: TestOrder }> {
    const order = this.addOrder(options);
    const guest = this.client.anonymous().with({ 'x-order-token': order.orderToken });
    const answer = await guest.post<CreatedOrder>('/payments/razorpay/create-order', { orderId: order.orderId });
    if (answer.status !== 201) throw new Error(`create-order answered ${answer.status}`);
    return { order, ...answer.body };
  }

  /** A customer in checkout. The webhooks of it wait in the sandbox. */
  async pay(razorpayOrderId: string, request: PayRequest = { outcome: 'success' }): Promise<PayResult> {
    return this.control<PayResult>('POST', `/sandbox/orders/${razorpayOrderId}/pay`, {
      webhooks: { drop: true },
      ...request,
    });
  }

  verify(paid: PayResult, forged: Partial<PayResult & { orderId: string }> = {}) {
    const { status: _status, ...claim } = { ...paid, ...forged };
    return this.client.anonymous().post<PaymentView & Omit<Problem, 'status'>>('/payments/verify', claim);
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

  // Jobs, run when a test wants them to.
  readonly sweepWebhooks = () => this.service.app.get(SweepWebhooksJob).execute();
  readonly captureDue = () => this.service.app.get(CaptureAuthorizedJob).execute();
  readonly reconcile = () => this.service.app.get(ReconcilePayments).execute();
  readonly processRefunds = () => this.service.app.get(ProcessRefunds).execute();

  /** Who did what to an order or a payment by hand, oldest first. */
  adminActionsOn(subjectId: string): Promise<{ actor: string; action: string }[]> {
    return this.service.db.query(
      `select payload ->> 'actor' as actor, payload -> 'data' ->> 'action' as action from outbox
       where type = 'ADMIN_ACTION_RECORDED' and payload -> 'data' ->> 'subjectId' = $1 order by seq`,
      [subjectId],
    );
  }

  /** Something as Razorpay's API shows it. */
  async atRazorpay<T>(path: string): Promise<T> {
    const authorization = `Basic ${Buffer.from(`${KEY_ID}:${KEY_SECRET}`).toString('base64')}`;
    const response = await fetch(`${this.sandboxUrl}${path}`, { headers: { authorization } });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    return JSON.parse(await response.text());
  }

  /** All that was to be told has been. */
  async quiet(): Promise<void> {
    const unpublished = 'select 1 from outbox where published_at is null';
    await eventually(async () => (await this.service.db.query(unpublished)).length === 0);
  }

  confirmUnpaid(orderId: string) {
    return this.client
      .asService('order')
      .post<{ unpaid: boolean; paymentId?: string }>(`/internal/orders/${orderId}/confirm-unpaid`, {
        reason: 'Expired.',
      });
  }

  async payment(id: string): Promise<PaymentView> {
    const answer = await this.admin.get<PaymentView>(`/payments/${id}`);
    if (answer.status !== 200) throw new Error(`GET /payments/${id} answered ${answer.status}`);
    return answer.body;
  }

  /** What the service has told about an order, oldest first. */
  async eventsOf(
    orderId: string,
    type?: string,
  ): Promise<{ type: string; aggregateVersion: number; data: Record<string, unknown> }[]> {
    const rows = await this.service.db.query<{
      payload: { type: string; aggregateVersion: number; data: Record<string, unknown> };
    }>(`select payload from outbox where aggregate_id = $1 and aggregate_type = 'order' order by seq`, [orderId]);
    return rows.map(({ payload }) => payload).filter((event) => type === undefined || event.type === type);
  }

  async typesOf(orderId: string): Promise<string[]> {
    return (await this.eventsOf(orderId)).map(({ type }) => type);
  }

  /** @throws naming what does not hold of the database: nothing, after whatever a test has done. */
  async mustHold(): Promise<void> {
    const broken = [];
    for (const { name, sql } of PAYMENT_INVARIANTS) {
      const rows = await this.service.db.query(sql);
      if (rows.length > 0) broken.push({ name, rows });
    }
    const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
    if (broken.length > 0) throw new Error(`Broken invariants: ${JSON.stringify(broken, asText, 2)}`);
  }

  /** Pays an order of its own to the end. */
  async paidOrder(options: Partial<TestOrder> = {}) {
    const checkout = await this.checkout(options);
    const paid = await this.pay(checkout.razorpayOrder.id);
    await this.deliverAllAbout(checkout.razorpayOrder.id);
    return { ...checkout, paid };
  }

  paymentsOf(order: TestOrder) {
    return this.service.db.query<{ id: string; status: string; settles: boolean }>(
      'select id, status, settles from payments where subject_id = $1 order by created_at',
      [order.orderId],
    );
  }

  async refundsOf(paymentId: string): Promise<readonly RefundView[]> {
    return (await this.admin.get<{ data: readonly RefundView[] }>(`/payments/${paymentId}/refunds`)).body.data;
  }

  /** The worker is nudged by each request; this waits for it. */
  async refundsSettled(paymentId: string, status = 'PROCESSED'): Promise<readonly RefundView[]> {
    await eventually(
      async () => {
        const refunds = await this.refundsOf(paymentId);
        if (refunds.every((made) => made.status === status)) return true;
        // A busy machine may keep the sandbox's answer past the timeout: then it is asked again.
        if (refunds.some((made) => made.status === 'REQUESTED' && made.lastError !== null)) {
          await this.makeRefundsDue(paymentId);
          await this.processRefunds();
        }
        return false;
      },
      { timeoutMs: 15_000 },
    );
    return this.refundsOf(paymentId);
  }

  /** Razorpay has it, and has not said yet what came of it. */
  async refundPending(refundId: string): Promise<void> {
    const sql = `select 1 from refunds where id = $1 and status = 'PENDING' and razorpay_refund_id is not null`;
    await eventually(async () => (await this.service.db.query(sql, [refundId])).length === 1);
  }

  /** The refunds of a payment are due now, however long they would have waited. */
  async makeRefundsDue(paymentId: string): Promise<void> {
    await this.service.db.query(
      'update refunds set next_try_at = now() where payment_id = $1 and next_try_at is not null',
      [paymentId],
    );
  }

  /** The order service says it, and it has been handled. */
  async tellHeard(...events: readonly DomainEvent[]): Promise<void> {
    await this.orders.tell(...events);
    await untilHandled(this.service.db, ...events);
  }

  /** The order service says that an order is cancelled, and it has been heard. */
  async cancel(order: TestOrder): Promise<void> {
    await this.orders.tell(orderCancelled(order));
    await eventually(async () => {
      const sql = 'select 1 from subject_accounts where subject_id = $1 and closed_at is not null';
      return (await this.service.db.query(sql, [order.orderId])).length === 1;
    });
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
