import type { RateLimitOptions } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { rateLimited, type Logger } from '@reseller/runtime';
import type { GatewayConfig } from '../gateway.config.js';
import type { Limit } from '../routes.js';

/** Strangers by address, people by account; a password guesser has many accounts, so credentials go by address alone. */
const byCaller = (request: FastifyRequest): string => request.caller?.userId ?? request.ip;
const byAddress = (request: FastifyRequest): string => request.ip;

export function limitOf(limit: Limit, config: GatewayConfig): RateLimitOptions | false {
  switch (limit) {
    case 'none':
      return false;
    case 'general':
      return { max: config.RATE_LIMIT_PER_MINUTE, timeWindow: 60_000, keyGenerator: byCaller, groupId: 'general' };
    case 'credentials':
      return {
        max: config.RATE_LIMIT_CREDENTIALS_PER_MINUTE,
        timeWindow: 60_000,
        keyGenerator: byAddress,
        groupId: 'credentials',
      };
    case 'payments':
      return {
        max: config.RATE_LIMIT_PAYMENTS_PER_MINUTE,
        timeWindow: 60_000,
        keyGenerator: byCaller,
        groupId: 'payments',
      };
  }
}

export function rateLimitPlugin(redis: Redis | undefined) {
  return {
    global: false,
    hook: 'preHandler' as const,
    enableDraftSpec: true,
    cache: 50_000,
    // A Redis that is down must not take the shop with it: requests pass uncounted until it is back.
    skipOnError: true,
    ...(redis === undefined ? {} : { redis }),
    errorResponseBuilder: (_request: FastifyRequest, context: { ttl: number; max: number }) =>
      rateLimited('RATE_LIMITED', `At most ${context.max} such requests a minute. Wait and try again.`, {
        retryAfterSeconds: Math.max(1, Math.ceil(context.ttl / 1_000)),
      }),
  };
}

/** Shared limits between instances; undefined without `REDIS_URL`. */
export function openRedis(config: GatewayConfig, logger: Logger): Redis | undefined {
  if (config.REDIS_URL === undefined) return undefined;
  const redis = new Redis(config.REDIS_URL, {
    connectTimeout: 500,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  });
  redis.on('error', (error: Error) => logger.warn({ err: error }, 'redis unreachable: rate limits are not counted'));
  return redis;
}
