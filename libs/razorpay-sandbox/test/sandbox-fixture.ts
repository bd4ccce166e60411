import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import Razorpay from 'razorpay';
import { createSandbox, type PayRequest, type PayResult, type Sandbox, type SandboxOptions } from '../src/index.js';

export const KEY_ID = 'rzp_test_sandbox000001';
export const KEY_SECRET = 'key-secret-of-the-tests';
export const WEBHOOK_SECRET = 'webhook-secret-of-the-tests';

export interface ReceivedWebhook {
  readonly eventId: string;
  readonly signature: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
  readonly body: WebhookBody;
}

interface WebhookBody {
  readonly entity: string;
  readonly event: string;
  readonly account_id: string;
  readonly contains: readonly string[];
  readonly created_at: number;
  readonly payload: Readonly<Record<string, { readonly entity: Readonly<Record<string, unknown>> }>>;
}

/** A shop's webhook endpoint that remembers what came and answers as it is told. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** Statuses of the next answers; 200 when there are none left. */
  readonly nextStatuses: number[] = [];
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const receiver = new WebhookReceiver(server, `http://127.0.0.1:${port}/payments/webhook`);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.take(request.headers, Buffer.concat(chunks).toString('utf8'));
        response.writeHead(receiver.nextStatuses.shift() ?? 200).end('{}');
      });
    });
    return receiver;
  }

  names(): string[] {
    return this.received.map(({ body }) => body.event);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private take(headers: IncomingHttpHeaders, rawBody: string): void {
    this.received.push({
      eventId: String(headers['x-razorpay-event-id']),
      signature: String(headers['x-razorpay-signature']),
      headers,
      rawBody,
      body: JSON.parse(rawBody),
    });
  }
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

export interface RunningSandbox {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly razorpay: Razorpay;
  readonly receiver: WebhookReceiver;
  control<Body = unknown>(method: string, path: string, body?: unknown): Promise<Answer<Body>>;
  pay(orderId: string, request: PayRequest): Promise<PayResult>;
  stop(): Promise<void>;
}

/** A sandbox on a free port, Razorpay's own SDK pointed at it, and a shop that receives its webhooks. */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  const receiver = await WebhookReceiver.start();
  const sandbox = createSandbox({
    keyId: KEY_ID,
    keySecret: KEY_SECRET,
    webhookUrl: receiver.url,
    webhookSecret: WEBHOOK_SECRET,
    webhookRetryDelaysMs: [5, 10, 20],
    ...options,
  });
  const { url } = await sandbox.listen();
  const control = <Body>(method: string, path: string, body?: unknown) => call<Body>(method, `${url}${path}`, body);
  return {
    sandbox,
    url,
    razorpay: sdkFor(url),
    receiver,
    control,
    pay: async (orderId, request) => (await control<PayResult>('POST', `/sandbox/orders/${orderId}/pay`, request)).body,
    stop: async () => {
      await sandbox.close();
      await receiver.stop();
    },
  };
}

/** The SDK with nothing changed but its base URL. */
export function sdkFor(url: string, keySecret = KEY_SECRET): Razorpay {
  const razorpay = new Razorpay({ key_id: KEY_ID, key_secret: keySecret });
  Reflect.get(razorpay.api, 'rq').defaults.baseURL = url;
  return razorpay;
}

/** Adds a header to every request of the SDK, which has no parameter for it. */
export function withHeader(razorpay: Razorpay, name: string, value: string): Razorpay {
  Reflect.get(razorpay.api, 'rq').defaults.headers.common[name] = value;
  return razorpay;
}

export async function eventually<Value>(probe: () => Value | Promise<Value>, timeoutMs = 5_000): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(10);
    }
  }
}

export interface SdkFailure {
  readonly statusCode: number;
  readonly error: Readonly<Record<string, unknown>>;
}

/** What the SDK throws, which is a plain object and not an Error. */
export async function failureOf(call: Promise<unknown>): Promise<SdkFailure> {
  return call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (failure: SdkFailure) => failure,
  );
}

async function call<Body>(method: string, url: string, body?: unknown): Promise<Answer<Body>> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}
