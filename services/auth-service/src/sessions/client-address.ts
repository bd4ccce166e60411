import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { networkOf } from './client-network.js';

/**
 * The network a request comes from. The gateway replaces `X-Forwarded-For` by the one address that it saw, and only
 * requests that the gateway vouched for get here; should there be several, the last is the one nearest to us.
 */
export const ClientAddress = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const header = request.headers['x-forwarded-for'];
  const forwarded = (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim();
  return networkOf(forwarded === undefined || forwarded === '' ? request.ip : forwarded);
});
