import type { FastifyReply } from 'fastify';
import { correlation, newId, type DomainError, type ErrorDetails, type ErrorKind } from '@reseller/runtime';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** RFC 9457 problem details with a stable `code`. `message` repeats `detail` for clients that read it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly details?: ErrorDetails;
}

export const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  unprocessable: 422,
  'rate-limited': 429,
  'bad-gateway': 502,
  unavailable: 503,
  timeout: 504,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export interface ProblemSource {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: Problem['errors'];
  readonly details?: ErrorDetails;
}

export function problemOf(source: ProblemSource, instance: string): Problem {
  return {
    type: `urn:problem:${source.code.toLowerCase().replaceAll('_', '-')}`,
    title: TITLES[source.status] ?? 'Error',
    status: source.status,
    detail: source.detail,
    instance,
    code: source.code,
    message: source.detail,
    // A URL that the router cannot read is refused before the request has a context.
    requestId: correlation.current()?.requestId ?? newId(),
    ...(source.errors === undefined ? {} : { errors: source.errors }),
    ...(source.details === undefined || Object.keys(source.details).length === 0 ? {} : { details: source.details }),
  };
}

/** The problem of an expected error. Validation problems keep their `errors` list beside the details. */
export function sourceOfDomainError(error: DomainError): ProblemSource {
  const { errors, ...details } = error.details;
  return {
    status: STATUS_OF_KIND[error.kind],
    code: error.code,
    detail: error.message,
    details,
    ...(Array.isArray(errors) ? { errors } : {}),
  };
}

const DEFAULT_RETRY_AFTER_S = 1;

/** The path without its query string: an `instance` must not carry what was searched for or a token. */
const instanceOf = (url: string): string => url.split('?', 1)[0] ?? url;

export function sendProblem(reply: FastifyReply, source: ProblemSource, url: string): void {
  const wanted = source.details?.['retryAfterSeconds'];
  if (typeof wanted === 'number') void reply.header('Retry-After', String(wanted));
  else if (source.status === 503 || source.status === 429) {
    void reply.header('Retry-After', String(DEFAULT_RETRY_AFTER_S));
  }
  if (source.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
  void reply
    .status(source.status)
    .header('Content-Type', PROBLEM_CONTENT_TYPE)
    .header('Cache-Control', 'no-store')
    .send(JSON.stringify(problemOf(source, instanceOf(url))));
}
