import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  addRequestContext,
  leaveSilentConnections,
  nestLogger,
  ProblemFilter,
  unreadableRequests,
} from '@reseller/http';
import type { Logger } from '@reseller/runtime';
import type { GatewayConfig } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { Callers } from './identity/callers.js';
import { addSecurityHeaders } from './security-headers.js';
import { registerProxy } from './proxy/proxy.js';
import { openRedis, ownAnswersLimiter } from './proxy/rate-limits.js';
import { StreamLane } from './proxy/stream-lane.js';

const REQUEST_TIMEOUT_MS = 30_000;

/** Every path also answers under `/api`: the prefix is dropped before routing. */
const withoutApiPrefix = (url: string): string => (/^\/api(?=[/?]|$)/.test(url) ? url.slice(4) || '/' : url);

/** The gateway as a Nest application on Fastify, not yet listening. */
export async function createGatewayApp(config: GatewayConfig, logger: Logger): Promise<NestFastifyApplication> {
  const problems = new ProblemFilter(logger);
  const adapter = new FastifyAdapter({
    bodyLimit: config.BODY_LIMIT_BYTES,
    trustProxy: (_address: string, hop: number) => hop < config.TRUSTED_PROXIES,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // How long a request may come in: a file has the time of its route.
    requestTimeout: Math.max(REQUEST_TIMEOUT_MS, config.BULK_TIMEOUT),
    rewriteUrl: (request: IncomingMessage) => withoutApiPrefix(request.url ?? '/'),
    ...unreadableRequests(problems),
  });
  const fastify = adapter.getInstance();
  addRequestContext(fastify, logger);
  leaveSilentConnections(fastify);
  const redis = openRedis(config, logger);
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.forRoot(config, logger, redis), adapter, {
    logger: nestLogger(logger),
    abortOnError: false,
  });
  addSecurityHeaders(fastify, {
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // TLS ends in front of the gateway; it must also work without, on a developer's machine.
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
  await app.register(cors, {
    origin: config.CORS_ORIGINS,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'X-Request-Id',
      'Idempotency-Replayed',
      'ETag',
      'Retry-After',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
    ],
    maxAge: 600,
  });
  const limitOwnAnswers = await ownAnswersLimiter(fastify, config);
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config?.isForwarded !== true) await limitOwnAnswers(request, reply);
  });
  const [callers, streams] = [app.get(Callers), app.get(StreamLane)];
  registerProxy(fastify, { config, callers, streams, redis, problems, limitOwnAnswers });
  fastify.addHook('onClose', async () => void (await redis?.quit().catch(() => redis.disconnect())));
  return app;
}
