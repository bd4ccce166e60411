import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseOutage } from '@reseller/persistence';
import { DomainError, type Logger } from '@reseller/runtime';
import { sendProblem, sourceOfDomainError, type ProblemSource } from './problem.js';

const CODES_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'ROUTE_NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Where the framework's own message repeats the address, which may be kilobytes or hold what was searched for. */
const DETAILS: Readonly<Record<string, string>> = {
  404: 'There is no such path.',
  FST_ERR_BAD_URL: 'The address of the request is not well-formed.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is too long.',
};

const INTERNAL: ProblemSource = {
  status: 500,
  code: 'INTERNAL_ERROR',
  detail: 'Something went wrong on our side. Try again; if it stays, give us the requestId.',
};

const DATABASE_DOWN: ProblemSource = {
  status: 503,
  code: 'DATABASE_UNAVAILABLE',
  detail: 'The service cannot reach its database. Nothing was changed; try again in a moment.',
};

const statusOf = (error: unknown): number => {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error === 'object' && error !== null && 'statusCode' in error) return Number(error.statusCode);
  return 500;
};

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

/** Every error as RFC 9457 problem details, in one place. What nobody expected is logged here, once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    sendProblem(reply, this.sourceOf(error), http.getRequest<FastifyRequest>().url);
  }

  sourceOf(error: unknown): ProblemSource {
    if (error instanceof DomainError) return sourceOfDomainError(error);
    const status = statusOf(error);
    if (status >= 400 && status < 500 && error instanceof Error) {
      const detail = DETAILS[codeOf(error)] ?? DETAILS[status] ?? error.message;
      return { status, code: CODES_OF_STATUS[status] ?? 'BAD_REQUEST', detail };
    }
    if (isDatabaseOutage(error)) {
      this.logger.warn({ err: error }, 'database unreachable');
      return DATABASE_DOWN;
    }
    this.logger.error({ err: error }, 'unexpected error');
    return INTERNAL;
  }
}
