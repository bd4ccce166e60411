import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandInCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown;
}

export interface StandInAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** `hang`: no answer at all. */
export type Respond = (call: StandInCall) => StandInAnswer | 'hang' | Promise<StandInAnswer | 'hang'>;

/** Problem details as our services answer them. */
export const problem = (status: number, code: string, details: Record<string, unknown> = {}): StandInAnswer => ({
  status,
  body: { type: 'about:blank', status, code, detail: code, message: code, details },
});

/** A tiny real HTTP server in the place of another service or a provider. What it answers can be changed by each test. */
export class StandIn {
  readonly calls: StandInCall[] = [];
  /** What is answered with 200, by path. For other paths `respond` decides. */
  readonly answers = new Map<string, unknown>();
  respond: Respond;

  private constructor(
    private readonly server: Server,
    private readonly usually: Respond,
  ) {
    this.respond = usually;
  }

  /** @param usually how it responds unless a test says otherwise; not told, with 404 */
  static async start(usually: Respond = () => problem(404, 'NOT_FOUND')): Promise<StandIn> {
    const server = createServer();
    const standIn = new StandIn(server, usually);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { method = '', url: path = '', headers } = request;
        const body: unknown = text === '' ? undefined : JSON.parse(text);
        void standIn.answerTo({ method, path, headers, body }).then((answer) => {
          if (answer === 'hang') return;
          response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  callsTo(path: string): StandInCall[] {
    return this.calls.filter((call) => call.path.startsWith(path));
  }

  reset(): void {
    this.calls.length = 0;
    this.answers.clear();
    this.respond = this.usually;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answerTo(call: StandInCall): Promise<StandInAnswer | 'hang'> {
    this.calls.push(call);
    return this.answers.has(call.path) ? { status: 200, body: this.answers.get(call.path) } : this.respond(call);
  }
}
