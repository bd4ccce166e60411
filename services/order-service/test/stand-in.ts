import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandInCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface StandInAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Undefined: this stand-in has no answer (404); `hang`: none at all. */
export type Respond = (call: StandInCall) => StandInAnswer | 'hang' | Promise<StandInAnswer | 'hang'>;

export const problem = (status: number, code: string, details: Record<string, unknown> = {}): StandInAnswer => ({
  status,
  body: { type: 'about:blank', status, code, detail: code, message: code, details },
});

/** A tiny real HTTP server in the place of another service. What it answers can be changed by each test. */
export class StandIn {
  readonly calls: StandInCall[] = [];
  respond: Respond;

  private constructor(
    private readonly server: Server,
    private readonly usually: Respond,
  ) {
    this.respond = usually;
  }

  static async start(usually: Respond): Promise<StandIn> {
    const server = createServer();
    const standIn = new StandIn(server, usually);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const call = {
          method: request.method ?? '',
          path: request.url ?? '',
          body: text === '' ? undefined : JSON.parse(text),
        };
        standIn.calls.push(call);
        void Promise.resolve(standIn.respond(call)).then((answer) => {
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
    this.respond = this.usually;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
