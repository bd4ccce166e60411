import type { FastifyRequest } from 'fastify';
import { IDENTITY_HEADER, SERVICE_TOKEN_HEADER } from '@reseller/http';
import { correlation } from '@reseller/runtime';
import type { CallerIdentity } from '../identity/callers.js';

/** They concern one connection, not the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const;

/**
 * What a client must not be able to say: who it is, which service it is, where it comes from. `authorization` stays here
 * too, because services have no use for it and what is not forwarded cannot be logged there. `host` and the length are
 * said anew.
 */
const NOT_FOR_SERVICES: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  IDENTITY_HEADER,
  SERVICE_TOKEN_HEADER,
  'authorization',
  'content-length',
  'expect',
  'forwarded',
  'host',
  'x-real-ip',
]);

/** The gateway says its own request id; everything else of an answer is the service's. */
const NOT_FOR_CLIENTS: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'x-request-id']);

type Headers = Record<string, string | string[]>;

type Incoming = Readonly<Record<string, string | string[] | undefined>>;

/** Also without what the message's own `Connection` header names. */
function without(headers: Incoming, left: ReadonlySet<string>): Headers {
  const { connection } = headers;
  const named = typeof connection === 'string' ? namesIn(connection) : [];
  const kept: Headers = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || left.has(name) || name.startsWith('x-forwarded-') || named.includes(name)) continue;
    kept[name] = value;
  }
  return kept;
}

const namesIn = (connection: string): string[] => connection.split(',').map((name) => name.trim().toLowerCase());

/** What a service is told: the client's headers, and in place of its claims what the gateway knows. */
export function upstreamHeaders(request: FastifyRequest, caller: CallerIdentity): Headers {
  const headers = without(request.headers, NOT_FOR_SERVICES);
  headers[IDENTITY_HEADER] = caller.identityToken;
  headers['x-forwarded-for'] = request.ip;
  headers['x-forwarded-proto'] = request.protocol;
  if (request.host !== '') headers['x-forwarded-host'] = request.host;
  const context = correlation.current();
  if (context !== undefined) {
    headers['x-request-id'] = context.requestId;
    headers['traceparent'] = context.traceparent;
  }
  return headers;
}

export const answerHeaders = (headers: Incoming): Headers => without(headers, NOT_FOR_CLIENTS);
