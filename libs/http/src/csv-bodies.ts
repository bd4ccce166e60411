import { Readable } from 'node:stream';
import {
  createParamDecorator,
  Injectable,
  UnsupportedMediaTypeException,
  type ExecutionContext,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '@reseller/runtime';

declare module 'fastify' {
  interface FastifyContextConfig {
    takesCsv?: boolean;
  }
}

/**
 * Lets a route take `text/csv`, where the service provides {@link CsvBodies}: the body is the file as a stream, without the
 * service's limit for bodies; {@link readCsv} has its own.
 *
 * @param others of the route's settings: one decorator says them all, a second would replace them
 */
export const TakesCsv = (others: FastifyContextConfig = {}) => RouteConfig({ ...others, takesCsv: true });

/**
 * Brings CSV files to the routes that take them, as streams. Everywhere else they are refused (415): what is read from a
 * request there is validated by walking through it, and a stream leads from its socket to the whole process.
 */
@Injectable()
export class CsvBodies implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify: FastifyInstance = this.host.httpAdapter.getInstance();
    fastify.addContentTypeParser('text/csv', (request, payload, done) => {
      if (request.routeOptions.config.takesCsv === true) done(null, payload);
      else done(new UnsupportedMediaTypeException('This path takes no CSV file.'));
    });
  }
}

/** The CSV file that the request sends. @throws 400 for a body of another kind, or none. */
export const CsvBody = createParamDecorator((_: unknown, context: ExecutionContext): Readable => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (body instanceof Readable) return body;
  throw new DomainError('invalid', 'CSV_EXPECTED', 'Send the file as the body, with Content-Type: text/csv.');
});
