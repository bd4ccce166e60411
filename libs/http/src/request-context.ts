import type { FastifyInstance, FastifyRequest } from 'fastify';
import { childTraceparent, correlation, invalid, newId, type Correlation, type Logger } from '@reseller/runtime';

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The caller's `X-Request-Id` where it is usable in a log line and a header, else a new one. */
export function requestIdFrom(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : newId();
}

/** HTTP/1.1 demands it (RFC 9112, 3.2). */
const namesHost = ({ headers, raw }: FastifyRequest): boolean =>
  headers.host !== undefined || raw.httpVersion !== '1.1';

const contexts = new WeakMap<FastifyRequest, Correlation>();

const QUIET = /^\/(health|metrics)/;

/** Runs every request in its correlation context, echoes the request id and writes one line per request. */
export function addRequestContext(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const requestId = requestIdFrom(request.headers['x-request-id']);
    const traceparent = request.headers['traceparent'];
    void reply.header('X-Request-Id', requestId);
    const context = {
      requestId,
      traceparent: childTraceparent(typeof traceparent === 'string' ? traceparent : undefined),
    };
    // An answer ends in the context of whatever wrote its last byte, which may be another request's connection.
    contexts.set(request, context);
    correlation.run(context, () =>
      done(namesHost(request) ? undefined : invalid('BAD_REQUEST', 'A request names the host it is for.')),
    );
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    if (!QUIET.test(request.url)) {
      const path = request.url.split('?', 1)[0];
      const durationMs = Math.round(reply.elapsedTime);
      const write = () =>
        logger.info({ method: request.method, path, status: reply.statusCode, durationMs }, 'request');
      const context = contexts.get(request);
      if (context === undefined) write();
      else correlation.run(context, write);
    }
    done();
  });
}
