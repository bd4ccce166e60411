import type { FastifyReplyFromHooks } from '@fastify/reply-from';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IDENTITY_HEADER, SERVICE_TOKEN_HEADER } from '@reseller/http';
import { correlation, timedOut, unavailable } from '@reseller/runtime';
import type { CallerIdentity } from '../identity/callers.js';

/**
 * What a client must not be able to say: who it is, which service it is, where it comes from. `authorization` stays here
 * too, because services have no use for it and what is not forwarded cannot be logged there.
 */
const STRIPPED = [
  IDENTITY_HEADER,
  SERVICE_TOKEN_HEADER,
  'authorization',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
] as const;

export function upstreamHeaders(
  request: FastifyRequest,
  headers: Record<string, string | string[] | undefined>,
  caller: CallerIdentity,
): Record<string, string | string[] | undefined> {
  for (const name of STRIPPED) delete headers[name];
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

/** Nobody answered: what the breaker counts, told to the caller as a problem. */
export function failureOf(error: Error, service: string) {
  const code = 'code' in error ? String(error.code) : '';
  const late = code === 'FST_REPLY_FROM_GATEWAY_TIMEOUT' || code === 'FST_REPLY_FROM_CONNECT_TIMEOUT';
  return late
    ? timedOut(
        'UPSTREAM_TIMEOUT',
        `The ${service} service did not answer in time. It may still have done what you asked; look before you try again.`,
      )
    : unavailable('UPSTREAM_UNAVAILABLE', `The ${service} service is not available right now. Try again in a moment.`);
}

/** Forwards and settles when the upstream's answer has begun, so that breaker and lane see how it went. */
export function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  options: { readonly origin: string; readonly caller: CallerIdentity; readonly timeoutMs: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const hooks: FastifyReplyFromHooks = {
      timeout: options.timeoutMs,
      retryDelay: () => null,
      getUpstream: () => options.origin,
      rewriteRequestHeaders: (_request, headers) => upstreamHeaders(request, headers, options.caller),
      onResponse: (_request, _reply, response) => {
        void reply.send('stream' in response ? response.stream : response);
        resolve();
      },
      onError: (_reply, { error }) => reject(error),
    };
    reply.from(undefined, hooks);
  });
}
