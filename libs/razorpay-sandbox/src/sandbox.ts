import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { answerErrors } from './answer-errors.js';
import { requireKeys } from './basic-auth.js';
import { checkoutRoutes } from './checkout.routes.js';
import type { SandboxContext, SandboxSettings } from './context.js';
import { controlRoutes } from './control.routes.js';
import { Faults, type Moment } from './faults.js';
import { faultsRoutes } from './faults.routes.js';
import { healthRoutes } from './health.routes.js';
import { newId } from './ids.js';
import { ordersRoutes } from './orders.routes.js';
import { paymentsRoutes } from './payments.routes.js';
import { refundsRoutes } from './refunds.routes.js';
import { Store } from './store.js';
import { DEFAULT_RETRY_DELAYS_MS, WebhookQueue } from './webhooks.js';
import { webhooksRoutes } from './webhooks.routes.js';

export interface SandboxOptions extends Partial<SandboxSettings> {
  readonly keyId: string;
  readonly keySecret: string;
  /** Where webhooks are posted to. */
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  readonly publicUrl?: string;
  readonly now?: () => Date;
  /** Waits before the second attempt of a webhook, the third, and so on. */
  readonly webhookRetryDelaysMs?: readonly number[];
  /** Logs JSON lines to standard output; off by default. */
  readonly logger?: boolean;
  /** How many orders, payments and refunds are kept, of each; the oldest go first. */
  readonly capacity?: number;
}

export interface Sandbox {
  readonly app: FastifyInstance;
  /**
   * For tests in this process: has `work` done in the gap of the next request of `route` (`POST /payments/:id/refund`).
   *
   * @returns what `work` returns, once it is done
   */
  meanwhile<T>(route: string, moment: Moment, work: () => Promise<T>): Promise<T>;
  listen(): Promise<{ url: string; port: number }>;
  close(): Promise<void>;
}

const API_PREFIX = '/v1';
const DEFAULT_CAPACITY = 100_000;
/** Deliveries carry their bodies, so fewer of them are kept than of entities. */
const WEBHOOKS_KEPT = 20_000;

/**
 * A stand-in for Razorpay: its API under `/v1`, its webhooks, `checkout.js` and a pay page, in memory. The `razorpay`
 * SDK works against it with nothing changed but the base URL, which is the `url` that `listen` returns (the SDK adds
 * `/v1` itself).
 *
 * @throws Error when a secret is empty or the key is a live one.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  refuseUnsafe(options);
  const app = Fastify({
    logger: options.logger ?? false,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  const context = contextOf(options, app);
  answerErrors(app);
  healthRoutes(app);
  checkoutRoutes(app, context);
  controlRoutes(app, context);
  faultsRoutes(app, context.faults);
  webhooksRoutes(app, context.webhooks);
  app.register(
    (api, _options, done) => {
      razorpayApi(api, context);
      done();
    },
    { prefix: API_PREFIX },
  );
  app.addHook('preClose', async () => {
    context.webhooks.close();
    context.faults.close();
  });
  const { faults } = context;
  return {
    app,
    meanwhile: (route, moment, work) => faults.meanwhile(route, moment, work),
    listen: () => listen(app, options),
    close: () => app.close(),
  };
}

function razorpayApi(api: FastifyInstance, context: SandboxContext): void {
  context.faults.install(api, API_PREFIX);
  requireKeys(api, context.keyId, context.keySecret);
  ordersRoutes(api, context);
  paymentsRoutes(api, context);
  refundsRoutes(api, context);
}

function contextOf(options: SandboxOptions, app: FastifyInstance): SandboxContext {
  const now = options.now ?? (() => new Date());
  return {
    keyId: options.keyId,
    keySecret: options.keySecret,
    publicUrl: options.publicUrl ?? null,
    settings: { autoCapture: options.autoCapture ?? false, refundsSettle: options.refundsSettle ?? 'at-once' },
    store: new Store(options.capacity ?? DEFAULT_CAPACITY),
    webhooks: new WebhookQueue({
      url: new URL(options.webhookUrl),
      secret: options.webhookSecret,
      accountId: newId('acc_'),
      retryDelaysMs: options.webhookRetryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS,
      capacity: WEBHOOKS_KEPT,
      now,
      logger: app.log,
    }),
    faults: new Faults(),
    nowSeconds: () => Math.floor(now().getTime() / 1000),
  };
}

async function listen(app: FastifyInstance, options: SandboxOptions): Promise<{ url: string; port: number }> {
  const url = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
  return { url, port: Number(new URL(url).port) };
}

/** Real money must never depend on this server: with live keys somebody has mistaken it for Razorpay. */
function refuseUnsafe(options: SandboxOptions): void {
  if (options.keyId.startsWith('rzp_live_')) throw new Error('The Razorpay sandbox does not take live keys');
  if (options.keyId === '' || options.keySecret === '' || options.webhookSecret === '') {
    throw new Error('The Razorpay sandbox needs a key id, a key secret and a webhook secret');
  }
}
