import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { register } from 'prom-client';
import { notFound } from '@reseller/runtime';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** The gateway is open to the world, its metrics are not: they answer on the machine itself alone. */
@ApiExcludeController()
@Controller('metrics')
export class GatewayMetricsController {
  @Get()
  @Header('Content-Type', register.contentType)
  metrics(@Req() request: FastifyRequest): Promise<string> {
    const forwarded = request.headers['x-forwarded-for'] !== undefined;
    if (forwarded || !LOOPBACK.has(request.socket.remoteAddress ?? '')) {
      throw notFound('ROUTE_NOT_FOUND', 'There is no such path.');
    }
    return register.metrics();
  }
}
