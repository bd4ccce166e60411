import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    bodyLimitBytes?: number;
  }
}

/** Lets a route take larger bodies than the service does otherwise; the gateway's table calls such a route `isBulk`. */
export const BodyLimit = (bytes: number) => RouteConfig({ bodyLimitBytes: bytes });

/** Carries out what {@link BodyLimit} says. Nest has no way of its own to say it. */
export function applyBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const bytes = route.config?.bodyLimitBytes;
    if (bytes !== undefined) route.bodyLimit = bytes;
  });
}
