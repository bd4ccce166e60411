import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import net from 'node:net';
import { createSigner } from 'fast-jwt';
import { SERVICE_NAMES, type Role, type ServiceName } from '@reseller/contracts';
import { createLogger, loadConfig, newId } from '@reseller/runtime';
import { httpClient, TEST_IDENTITY, type TestClient } from '@reseller/testing';
import { createGatewayApp } from '../src/gateway.app.js';
import { gatewayConfig } from '../src/gateway.config.js';

export const JWT_SECRET = 'a-secret-for-tests-that-is-long-enough';

/** A request as it arrived at a service. */
export interface Arrival {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Upstream {
  readonly url: string;
  readonly port: number;
  readonly arrivals: Arrival[];
  /** How it answers from now on; without one, 200 and what arrived. */
  answer: ((request: IncomingMessage, response: ServerResponse, body: Buffer) => void) | undefined;
  /** Sees a request at its head, before its body; true takes it over. */
  atOnce: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  last(): Arrival;
  close(): Promise<void>;
}

const portOf = (server: net.Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
};

/** A tiny service that writes down what arrives. */
export async function startUpstream(port = 0): Promise<Upstream> {
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (upstream.atOnce?.(request, response) === true) return;
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    upstream.arrivals.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    if (upstream.answer !== undefined) upstream.answer(request, response, body);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ url: request.url }));
  };
  const server = http.createServer((request, response) => void receive(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const upstream: Upstream = {
    url: `http://127.0.0.1:${portOf(server)}`,
    port: portOf(server),
    arrivals: [],
    answer: undefined,
    atOnce: undefined,
    last: () => {
      const arrival = upstream.arrivals.at(-1);
      if (arrival === undefined) throw new Error('nothing arrived');
      return arrival;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return upstream;
}

export interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly client: TestClient;
  /** A client with an access token. */
  as(role: Role, userId?: string): TestClient;
  close(): Promise<void>;
}

const urlName = (service: ServiceName): string => `${service.toUpperCase().replaceAll('-', '_')}_SERVICE_URL`;

/** The gateway on a free port, with one upstream in the place of all services. */
export async function startGateway(
  upstreamUrl: string,
  env: Record<string, string> = {},
  logLines?: string[],
): Promise<Gateway> {
  const urls = Object.fromEntries(SERVICE_NAMES.map((service) => [urlName(service), upstreamUrl]));
  const keys = { JWT_SECRET, IDENTITY_PRIVATE_KEY: TEST_IDENTITY.IDENTITY_PRIVATE_KEY };
  const config = loadConfig(gatewayConfig, { env: { ...keys, ...urls, ...env } });
  const logger = createLogger({
    service: 'gateway',
    level: logLines === undefined ? (env['LOG_LEVEL'] ?? 'silent') : 'info',
    ...(logLines === undefined ? {} : { destination: { write: (line: string) => void logLines.push(line) } }),
  });
  const app = await createGatewayApp(config, logger);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const client = httpClient(url);
  return {
    url,
    port: Number(new URL(url).port),
    client,
    as: (role, userId) =>
      client.with({ authorization: `Bearer ${accessToken({ roles: [role], sub: userId ?? newId() })}` }),
    close: () => app.close(),
  };
}

export interface TokenOptions {
  readonly sub?: string;
  readonly roles?: readonly string[];
  readonly secret?: string;
  readonly iss?: string;
  readonly aud?: string;
  /** May lie in the past. */
  readonly expiresInMs?: number;
  readonly claims?: Record<string, unknown>;
}

/** An access token as auth makes it, or nearly. */
export function accessToken(options: TokenOptions = {}): string {
  const sign = createSigner({ key: options.secret ?? JWT_SECRET, algorithm: 'HS256', noTimestamp: true });
  const nowS = Math.floor(Date.now() / 1_000);
  return sign({
    sub: options.sub ?? newId(),
    roles: options.roles ?? ['CUSTOMER'],
    businessId: null,
    email: 'someone@example.com',
    iat: nowS - 60,
    iss: options.iss ?? 'reseller-auth',
    aud: options.aud ?? 'reseller-api',
    exp: nowS + Math.floor((options.expiresInMs ?? 60_000) / 1_000),
    ...options.claims,
  });
}

/** Sends bytes as they are and reads until the other side closes. @returns all that came back */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  socket.setTimeout(3_000, () => socket.destroy());
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** Of the final answer: `100 Continue` is none. */
export const statusOfRaw = (answer: string): number =>
  Number(/HTTP\/1\.1 ([2-5]\d{2})/.exec(answer)?.[1] ?? Number.NaN);
