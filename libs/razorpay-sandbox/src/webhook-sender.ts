import http from 'node:http';
import https from 'node:https';

/** Razorpay counts a webhook that is not answered within five seconds as failed. */
const ANSWER_TIMEOUT_MS = 5_000;
/** A burst of payments waits for a socket here instead of opening thousands. */
const MAX_SOCKETS = 128;

export interface WebhookRequest {
  readonly body: string;
  readonly signature: string;
  readonly eventId: string;
}

export type SendResult =
  { readonly status: number; readonly error: null } | { readonly status: null; readonly error: string };

/** Posts webhooks over kept-alive connections. Never throws: an attempt that got no answer is a result as well. */
export class WebhookSender {
  private readonly agent: http.Agent;
  private readonly post: typeof http.request;

  constructor(private readonly url: URL) {
    const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS };
    const secure = url.protocol === 'https:';
    this.agent = secure ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
    this.post = secure ? https.request : http.request;
  }

  send(webhook: WebhookRequest): Promise<SendResult> {
    return new Promise((resolve) => {
      const request = this.post(this.url, { method: 'POST', agent: this.agent, headers: headersOf(webhook) });
      let timer: NodeJS.Timeout | undefined;
      // The clock starts when the request has a connection: time spent waiting here is not the receiver's.
      request.on('socket', () => {
        timer = setTimeout(() => request.destroy(new Error('no answer within 5 s')), ANSWER_TIMEOUT_MS);
      });
      request.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0, error: null }));
        response.on('error', (error) => resolve({ status: null, error: error.message }));
      });
      request.on('error', (error) => resolve({ status: null, error: error.message }));
      request.on('close', () => {
        clearTimeout(timer);
        resolve({ status: null, error: 'the connection was closed' });
      });
      request.end(webhook.body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function headersOf(webhook: WebhookRequest): http.OutgoingHttpHeaders {
  return {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(webhook.body),
    'User-Agent': 'Razorpay-Webhook/v1 (sandbox)',
    'X-Razorpay-Signature': webhook.signature,
    'x-razorpay-event-id': webhook.eventId,
  };
}
