import type { FastifyInstance } from 'fastify';
import { childTraceparent, correlation, newId, type Logger } from '@reseller/runtime';

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The caller's `X-Request-Id` where it is usable in a log line and a header, else a new one. */
export function requestIdFrom(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : newId();
}

const QUIET = /^\/(health|metrics)/;

/** Runs every request in its correlation context, echoes the request id and writes one line per request. */
export function addRequestContext(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const requestId = requestIdFrom(request.headers['x-request-id']);
    const traceparent = request.headers['traceparent'];
    void reply.header('X-Request-Id', requestId);
    correlation.run(
      { requestId, traceparent: childTraceparent(typeof traceparent === 'string' ? traceparent : undefined) },
      done,
    );
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    if (!QUIET.test(request.url)) {
      const path = request.url.split('?', 1)[0];
      logger.info(
        { method: request.method, path, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) },
        'request',
      );
    }
    done();
  });
}
