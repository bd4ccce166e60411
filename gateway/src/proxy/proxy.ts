import rateLimit from '@fastify/rate-limit';
import replyFrom from '@fastify/reply-from';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import { type DomainError, forbidden, notFound, unauthenticated, unavailable } from '@reseller/runtime';
import { ProblemFilter, sendProblem } from '@reseller/http';
import { upstreamUrls, type GatewayConfig } from '../gateway.config.js';
import type { CallerIdentity, Callers } from '../identity/callers.js';
import { entriesOf, ROUTES, type Entry, type Route } from '../routes.js';
import { limitBody } from './body-limit.js';
import { Breakers } from './breakers.js';
import { isCraftedPath } from './crafted-path.js';
import { failureOf, forward } from './forward.js';
import { rateLimiters, rateLimitPlugin, type RateLimiters } from './rate-limits.js';
import { WebhookLane } from './webhook-lane.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller?: CallerIdentity;
  }
}

export interface ProxyParts {
  readonly config: GatewayConfig;
  readonly callers: Callers;
  readonly redis: Redis | undefined;
  readonly problems: ProblemFilter;
}

/** Registers the route table as a streaming proxy, in a scope of its own: nothing here parses a body. */
export function registerProxy(fastify: FastifyInstance, parts: ProxyParts): void {
  void fastify.register(async (scope) => {
    const { config, problems } = parts;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (request, payload, done) => {
      try {
        done(null, limitBody(request, payload, bodyLimitOf(request, config)));
      } catch (error) {
        done(error instanceof Error ? error : new Error('unreadable body'));
      }
    });
    scope.setErrorHandler((error, request, reply) => sendProblem(reply, problems.sourceOf(error), request.url));
    await scope.register(rateLimit, rateLimitPlugin(parts.redis, config));
    await scope.register(replyFrom, {
      undici: { connections: 128, pipelining: 1, keepAliveTimeout: 60_000, connect: { timeout: 2_000 } },
      disableRequestLogging: true,
    });

    const breakers = new Breakers();
    const lane = new WebhookLane(config.WEBHOOK_CONCURRENCY);
    scope.addHook('onClose', (_instance, done) => {
      breakers.shutdown();
      done();
    });
    const limiters = rateLimiters(scope, config);
    for (const entry of entriesOf(ROUTES)) addRoute(scope, entry, { ...parts, breakers, lane, limiters });
  });
}

const isWebhook = (request: FastifyRequest): boolean => request.routeOptions.config.webhook === true;

declare module 'fastify' {
  interface FastifyContextConfig {
    webhook?: boolean;
  }
}

const bodyLimitOf = (request: FastifyRequest, config: GatewayConfig): number =>
  isWebhook(request) ? config.WEBHOOK_BODY_LIMIT_BYTES : config.BODY_LIMIT_BYTES;

interface RouteParts extends ProxyParts {
  readonly breakers: Breakers;
  readonly lane: WebhookLane;
  readonly limiters: RateLimiters;
}

function addRoute(
  scope: FastifyInstance,
  { method, url, route }: Entry,
  { config, callers, breakers, lane, limiters }: RouteParts,
): void {
  const origin = upstreamUrls(config)[route.service];
  const breaker = breakers.of(route.service);
  const webhook = route.limit === 'none';

  const identify = async (request: FastifyRequest): Promise<void> => {
    if (isCraftedPath(request.url)) throw notFound('ROUTE_NOT_FOUND', 'There is no such path.');
    request.caller = webhook ? callers.anonymous() : await identityFor(route, callers, request);
  };
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const caller = request.caller ?? callers.anonymous();
    const send = () =>
      forward(request, reply, { service: route.service, origin, caller, timeoutMs: config.UPSTREAM_TIMEOUT });
    try {
      await (webhook ? lane.run(send) : breaker.fire(send));
    } catch (error) {
      throw asProblem(error, route.service);
    }
    return reply;
  };
  scope.route({
    method,
    url,
    onRequest: identify,
    ...(route.limit === 'none' ? {} : { preHandler: limiters[route.limit] }),
    handler: handle,
    config: { webhook },
  });
}

/** On credential routes a stale token is no obstacle: clients send it along while they sign in anew. */
async function identityFor(route: Route, callers: Callers, request: FastifyRequest): Promise<CallerIdentity> {
  const lenient = route.service === 'auth' && route.who === 'everyone';
  const caller = await callers.identify(request).catch((error: unknown) => {
    if (lenient) return callers.anonymous();
    throw error;
  });
  if (route.who === 'everyone') return caller;
  if (caller.userId === null) {
    throw unauthenticated('UNAUTHENTICATED', 'Sign in first: send an access token as a Bearer token.');
  }
  if (route.who === 'signed-in' || route.who.some((role) => caller.roles.includes(role))) return caller;
  throw forbidden('FORBIDDEN', `This needs the role ${route.who.join(' or ')}.`);
}

function asProblem(error: unknown, service: string): DomainError {
  if (error instanceof Error && 'code' in error && error.code === 'EOPENBREAKER') {
    return unavailable(
      'UPSTREAM_UNAVAILABLE',
      `The ${service} service is not available right now. Try again in a moment.`,
      { retryAfterSeconds: 2 },
    );
  }
  return failureOf(error instanceof Error ? error : new Error(String(error)), service);
}
