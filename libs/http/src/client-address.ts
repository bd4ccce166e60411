import type { FastifyRequest } from 'fastify';

/**
 * Where a request comes from. The gateway replaces `X-Forwarded-For` by the one address that it saw; should there be
 * several, the last is the one that was written nearest to us, and those before it are a stranger's word.
 */
export function clientAddressOf(request: Pick<FastifyRequest, 'headers' | 'ip'>): string {
  const header = request.headers['x-forwarded-for'];
  const nearest = (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim();
  return nearest === undefined || nearest === '' ? request.ip : nearest;
}
