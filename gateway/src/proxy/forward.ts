import type { FastifyReplyFromHooks } from '@fastify/reply-from';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IDENTITY_HEADER, SERVICE_TOKEN_HEADER } from '@reseller/http';
import { correlation, DomainError, invalid, timedOut, unavailable } from '@reseller/runtime';
import type { CallerIdentity } from '../identity/callers.js';

/**
 * What a client must not be able to say: who it is, which service it is, where it comes from. `authorization` stays here
 * too, because services have no use for it and what is not forwarded cannot be logged there. The rest concerns only the
 * client's own connection to us (RFC 9110, 7.6.1), and undici refuses a request that carries it.
 */
const STRIPPED = [
  IDENTITY_HEADER,
  SERVICE_TOKEN_HEADER,
  'authorization',
  'forwarded',
  'x-real-ip',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
] as const;

export function upstreamHeaders(
  request: FastifyRequest,
  headers: Record<string, string | string[] | undefined>,
  caller: CallerIdentity,
): Record<string, string | string[] | undefined> {
  for (const name of STRIPPED) delete headers[name];
  for (const name in headers) if (name.startsWith('x-forwarded-')) delete headers[name];
  // The body of a GET means nothing and is not passed on; neither may its length be.
  if (request.method === 'GET' || request.method === 'HEAD') delete headers['content-length'];
  const context = correlation.current();
  headers[IDENTITY_HEADER] = caller.identityToken;
  headers['x-forwarded-for'] = request.ip;
  headers['x-forwarded-proto'] = request.protocol;
  if (request.host !== '') headers['x-forwarded-host'] = request.host;
  if (context !== undefined) {
    headers['x-request-id'] = context.requestId;
    headers['traceparent'] = context.traceparent;
  }
  return headers;
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const LATE = new Set(['FST_REPLY_FROM_GATEWAY_TIMEOUT', 'FST_REPLY_FROM_CONNECT_TIMEOUT']);
/** undici does not send what it takes for malformed; the service has no part in that. */
const NOT_SENT = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** Why a request could not be forwarded, as a problem. Nobody answered (503, 504) is what the breaker counts. */
export function failureOf(error: Error, service: string): DomainError {
  if (error instanceof DomainError) return error;
  if (error.cause instanceof DomainError) return error.cause;
  if (LATE.has(codeOf(error))) {
    return timedOut(
      'UPSTREAM_TIMEOUT',
      `The ${service} service did not answer in time. It may still have done what you asked; look before you try again.`,
    );
  }
  if (NOT_SENT.has(codeOf(error.cause))) return invalid('BAD_REQUEST', 'The request cannot be passed on as it is.');
  return unavailable(
    'UPSTREAM_UNAVAILABLE',
    `The ${service} service is not available right now. Try again in a moment.`,
  );
}

export interface ForwardOptions {
  readonly service: string;
  readonly origin: string;
  readonly caller: CallerIdentity;
  readonly timeoutMs: number;
}

/**
 * Forwards and settles when the upstream's answer has begun or the caller has gone, so that breaker and lane see how it
 * went and no place in the lane is held for nobody.
 *
 * @throws {DomainError} 503 or 504 when nobody answered, 413 and 400 for what the caller sent.
 */
export function forward(request: FastifyRequest, reply: FastifyReply, options: ForwardOptions): Promise<void> {
  // Taken now: a body that failed lets go of its connection.
  const { socket } = request.raw;
  return new Promise((resolve, reject) => {
    reply.raw.once('close', resolve);
    const hooks: FastifyReplyFromHooks = {
      timeout: options.timeoutMs,
      retryDelay: () => null,
      getUpstream: () => options.origin,
      rewriteRequestHeaders: (_request, headers) => upstreamHeaders(request, headers, options.caller),
      onResponse: (_request, _reply, response) => {
        void reply.send('stream' in response ? response.stream : response);
        resolve();
      },
      onError: (_reply, { error }) => {
        // A body that breaks off because its sender hung up fails the request to the service as well. The connection says
        // whether it did: the body itself has failed, too, when the service could not be reached to read it.
        if (socket.destroyed || reply.raw.destroyed) resolve();
        else reject(failureOf(error, options.service));
      },
    };
    reply.from(undefined, hooks);
  });
}
