import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientAddressOf } from '@reseller/http';
import { networkOf } from './client-network.js';

/** The network a request comes from. */
export const ClientAddress = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  networkOf(clientAddressOf(context.switchToHttp().getRequest<FastifyRequest>())),
);
