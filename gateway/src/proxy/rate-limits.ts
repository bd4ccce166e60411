import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import { Redis } from 'ioredis';
import { rateLimited, type Logger } from '@reseller/runtime';
import type { GatewayConfig } from '../gateway.config.js';
import type { Limit } from '../routes.js';

/**
 * An IPv6 subscriber owns a whole /64; counting its addresses one by one would count nothing. A caller who has gone has no
 * address any more, whatever the types say.
 */
const byAddress = (request: FastifyRequest): string => {
  const address: string | undefined = request.ip;
  return address === undefined ? 'gone' : normalizeIP(address);
};
/** Strangers by address, people by account; a password guesser has many accounts, so credentials go by address alone. */
const byCaller = (request: FastifyRequest): string => request.caller?.userId ?? byAddress(request);

const WINDOW_MS = 60_000;
/** How many callers are remembered without Redis; beyond that the longest unseen are forgotten. */
const CALLERS_MAX = 50_000;

export type RateLimiters = Readonly<Record<Exclude<Limit, 'none'>, preHandlerAsyncHookHandler>>;

/** One limiter per group, shared by all its routes: made per route, each would grant the whole allowance again. */
export function rateLimiters(scope: FastifyInstance, config: GatewayConfig): RateLimiters {
  const limiter = (group: string, max: number, keyOf: (request: FastifyRequest) => string) =>
    scope.rateLimit({
      max,
      timeWindow: WINDOW_MS,
      cache: CALLERS_MAX,
      keyGenerator: (request) => `${group}:${keyOf(request)}`,
    });
  return {
    general: limiter('general', config.RATE_LIMIT_PER_MINUTE, byCaller),
    credentials: limiter('credentials', config.RATE_LIMIT_CREDENTIALS_PER_MINUTE, byAddress),
    payments: limiter('payments', config.RATE_LIMIT_PAYMENTS_PER_MINUTE, byCaller),
  };
}

/** Throws 429 for a caller that has had its share; else sets the `RateLimit` headers. */
export type RateLimiter = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * For what the gateway answers by itself, by address: health, documents, unknown paths, and whom it refuses. Counted in
 * this process, which is what it spares; a trip to Redis would cost more than such an answer.
 */
export async function ownAnswersLimiter(fastify: FastifyInstance, config: GatewayConfig): Promise<RateLimiter> {
  let limiter: RateLimiter | undefined;
  await fastify.register(async (scope) => {
    await scope.register(rateLimit, rateLimitPlugin(undefined, config));
    const options = { max: config.RATE_LIMIT_PER_MINUTE, timeWindow: WINDOW_MS, cache: CALLERS_MAX };
    const limit = scope.rateLimit({ ...options, keyGenerator: byAddress });
    limiter = (request, reply) => limit.call(scope, request, reply);
  });
  if (limiter === undefined) throw new Error('the limiter was not made');
  return limiter;
}

export function rateLimitPlugin(redis: Redis | undefined, config: GatewayConfig) {
  return {
    global: false,
    enableDraftSpec: true,
    nameSpace: config.RATE_LIMIT_NAMESPACE,
    // A Redis that is down must not take the shop with it: requests pass uncounted until it is back.
    skipOnError: true,
    ...(redis === undefined ? {} : { redis }),
    errorResponseBuilder: (_request: FastifyRequest, context: { ttl: number; max: number }) =>
      rateLimited('RATE_LIMITED', `At most ${context.max} such requests a minute. Wait and try again.`, {
        retryAfterSeconds: Math.max(1, Math.ceil(context.ttl / 1_000)),
      }),
  };
}

/** Injection token of the {@link Redis} that rate limits are counted in; nothing where there is none. */
export const REDIS = Symbol('REDIS');

/** Shared limits between instances; undefined without `REDIS_URL`. */
export function openRedis(config: GatewayConfig, logger: Logger): Redis | undefined {
  if (config.REDIS_URL === undefined) return undefined;
  const redis = new Redis(config.REDIS_URL, {
    connectTimeout: 500,
    // A connection that went silent must cost a request no more than this.
    commandTimeout: 500,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  });
  redis.on('error', (error: Error) => logger.warn({ err: error }, 'redis unreachable: rate limits are not counted'));
  return redis;
}
