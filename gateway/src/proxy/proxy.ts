import rateLimit from '@fastify/rate-limit';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import { Pool } from 'undici';
import type { ServiceName } from '@reseller/contracts';
import { forbidden, notFound, unauthenticated, unavailable } from '@reseller/runtime';
import { ProblemFilter, sendProblem } from '@reseller/http';
import { upstreamUrls, type GatewayConfig } from '../gateway.config.js';
import type { CallerIdentity, Callers } from '../identity/callers.js';
import { entriesOf, ROUTES, type Entry, type Route } from '../routes.js';
import { Breakers } from './breakers.js';
import { isCraftedPath } from './crafted-path.js';
import { failureOf, forward } from './forward.js';
import { rateLimiters, rateLimitPlugin, type RateLimiter, type RateLimiters } from './rate-limits.js';
import { takeBody } from './request-body.js';
import { sendShared, SharedCache } from './shared-cache.js';
import type { StreamLane } from './stream-lane.js';
import type { WholeAnswer } from './whole-answer.js';
import { WebhookLane } from './webhook-lane.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller?: CallerIdentity;
  }
}

export interface ProxyParts {
  readonly config: GatewayConfig;
  readonly callers: Callers;
  readonly streams: StreamLane;
  readonly redis: Redis | undefined;
  readonly problems: ProblemFilter;
  /** For requests that are refused before they are counted as their caller's. */
  readonly limitOwnAnswers: RateLimiter;
}

/** Registers the route table as a streaming proxy, in a scope of its own: nothing here parses a body. */
export function registerProxy(fastify: FastifyInstance, parts: ProxyParts): void {
  void fastify.register(async (scope) => {
    const { config, problems } = parts;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) =>
      takeBody(request, payload, bodyLimitOf(request, config)),
    );
    scope.setErrorHandler((error, request, reply) => sendProblem(reply, problems.sourceOf(error), request.url));
    await scope.register(rateLimit, rateLimitPlugin(parts.redis, config));

    const upstreams = openUpstreams(config, CONNECTIONS_MAX);
    // Connections of their own: readers who stay must not take the place of requests.
    const streamUpstreams = openUpstreams(config, config.STREAMS_MAX);
    const breakers = new Breakers();
    const lane = new WebhookLane(config.WEBHOOK_CONCURRENCY);
    scope.addHook('onClose', async () => {
      breakers.shutdown();
      await Promise.all([...upstreams.values(), ...streamUpstreams.values()].map((upstream) => upstream.close()));
    });
    const routeParts = {
      ...parts,
      upstreams,
      streamUpstreams,
      breakers,
      lane,
      limiters: rateLimiters(scope, config),
      cache: new SharedCache(),
    };
    for (const entry of entriesOf(ROUTES)) addRoute(scope, entry, routeParts);
  });
}

const CONNECTIONS_MAX = 128;

/** Keep-alive connections to every service. Nothing is sent twice, so what a service does once it does once. */
function openUpstreams(config: GatewayConfig, connections: number): Map<ServiceName, Pool> {
  const limits = {
    connections,
    keepAliveTimeout: 60_000,
    connect: { timeout: 2_000 },
    // Each exchange has its own, which counts the wait for a connection as well.
    headersTimeout: 0,
    bodyTimeout: config.UPSTREAM_TIMEOUT,
  };
  const urls = Object.entries(upstreamUrls(config)) as [ServiceName, string][];
  return new Map(urls.map(([service, url]) => [service, new Pool(new URL(url).origin, limits)]));
}

const isWebhook = (request: FastifyRequest): boolean => request.routeOptions.config.webhook === true;

declare module 'fastify' {
  interface FastifyContextConfig {
    webhook?: boolean;
    isBulk?: boolean;
    /** A service answers it, not the gateway. */
    isForwarded?: boolean;
  }
}

function bodyLimitOf(request: FastifyRequest, config: GatewayConfig): number {
  if (isWebhook(request)) return config.WEBHOOK_BODY_LIMIT_BYTES;
  return request.routeOptions.config.isBulk === true ? config.BULK_BODY_LIMIT_BYTES : config.BODY_LIMIT_BYTES;
}

interface RouteParts extends ProxyParts {
  readonly upstreams: ReadonlyMap<ServiceName, Pool>;
  readonly streamUpstreams: ReadonlyMap<ServiceName, Pool>;
  readonly cache: SharedCache;
  readonly breakers: Breakers;
  readonly lane: WebhookLane;
  readonly limiters: RateLimiters;
}

function addRoute(scope: FastifyInstance, { method, url, route }: Entry, parts: RouteParts): void {
  const { config, callers, streams, breakers, lane, limiters, cache, limitOwnAnswers } = parts;
  const { service } = route;
  const isStream = route.stream === true;
  const upstream = (isStream ? parts.streamUpstreams : parts.upstreams).get(service);
  if (upstream === undefined) throw new Error(`no address for the ${service} service`);
  const breaker = breakers.of(service);
  const webhook = route.limit === 'none';

  const identify = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    try {
      if (!request.url.startsWith('/') || isCraftedPath(request.url))
        throw notFound('ROUTE_NOT_FOUND', 'There is no such path.');
      request.caller = webhook ? callers.anonymous() : await identityFor(route, callers, request);
    } catch (refusal) {
      await limitOwnAnswers(request, reply);
      throw refusal;
    }
  };
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const isShared = !isStream && cache.concerns(request);
    const kept = isShared ? cache.find(service, request.url) : undefined;
    if (kept !== undefined) {
      sendShared(request, reply, kept, kept.keptAtMs);
      return reply;
    }
    const caller = request.caller ?? callers.anonymous();
    const keep = isShared ? cache.keeper(service, request.url) : undefined;
    const sendWhole = (answer: WholeAnswer): void => {
      keep?.(answer);
      sendShared(request, reply, answer);
    };
    const timeoutMs = route.isBulk === true ? config.BULK_TIMEOUT : config.UPSTREAM_TIMEOUT;
    const endsAt = isStream ? streams.enter(reply.raw, caller.expiresAtMs) : undefined;
    const options = {
      service,
      upstream,
      caller,
      timeoutMs,
      ...(keep === undefined ? {} : { sendWhole }),
      ...(endsAt === undefined ? {} : { endsAt }),
    };
    const send = () => forward(request, reply, options);
    try {
      await (webhook ? lane.run(send) : breaker.fire(send));
    } catch (error) {
      throw asProblem(error, service);
    } finally {
      if (isWrite(request) && route.isQuestion !== true) cache.drop(service);
    }
    return reply;
  };
  scope.route({
    method,
    url,
    // Counted before a body is read: one that is too large or breaks off costs its sender as well.
    onRequest: route.limit === 'none' ? [identify] : [identify, limiters[route.limit]],
    handler: handle,
    config: { webhook, isForwarded: true, isBulk: route.isBulk === true },
  });
}

const isWrite = ({ method }: FastifyRequest): boolean => method !== 'GET' && method !== 'HEAD';

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

function asProblem(error: unknown, service: string): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'EOPENBREAKER') {
    return unavailable(
      'UPSTREAM_UNAVAILABLE',
      `The ${service} service is not available right now. Try again in a moment.`,
      { retryAfterSeconds: 2 },
    );
  }
  return failureOf(error, service);
}
