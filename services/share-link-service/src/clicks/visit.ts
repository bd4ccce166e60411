import type { FastifyRequest } from 'fastify';
import { isbot } from 'isbot';
import { clientAddressOf } from '@reseller/http';

/** What of a request decides whether it is a click, and whose. */
export interface Visit {
  readonly isPerson: boolean;
  readonly address: string;
  readonly userAgent: string;
  readonly userId: string | null;
}

const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];
const PREFETCH = /prefetch|prerender|preview/i;

/**
 * HTTP libraries name themselves where an app (or a shop that renders on its server) asks the API for a person. On a
 * page they are what isbot takes them for.
 */
const APP_CLIENT = /^(node|undici|axios\/|okhttp\/|dart\/|node-fetch\/|got )|CFNetwork\//i;

const headerText = (request: FastifyRequest, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
};

export function visitOf(request: FastifyRequest, userId: string | null, door: 'api' | 'page'): Visit {
  const userAgent = headerText(request, 'user-agent');
  const isRobot = isbot(userAgent) && !(door === 'api' && APP_CLIENT.test(userAgent));
  const isAhead = PREFETCH_HEADERS.some((name) => PREFETCH.test(headerText(request, name)));
  return {
    isPerson: request.method !== 'HEAD' && !isRobot && !isAhead,
    address: clientAddressOf(request),
    userAgent,
    userId,
  };
}
