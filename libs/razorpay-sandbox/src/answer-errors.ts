import type { FastifyInstance } from 'fastify';
import { invalidField, RazorpayError, refused, serverErrorBody } from './razorpay-error.js';

/** Every failure leaves the sandbox in Razorpay's error shape. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    const answer = asRazorpayError(error);
    if (answer !== null) return reply.code(answer.statusCode).send(answer.body);
    request.log.error({ err: error, method: request.method, url: request.url }, 'request failed');
    return reply.code(500).send(serverErrorBody());
  });
  app.setNotFoundHandler((request) => {
    throw refused(`The requested URL was not found on the server.${hintFor(request.url)}`, 404);
  });
}

function asRazorpayError(error: unknown): RazorpayError | null {
  if (error instanceof RazorpayError) return error;
  if (!(error instanceof Error)) return null;
  const [problem] = validationProblems(error);
  if (problem !== undefined) return invalidField(problem, error.message);
  const statusCode = 'statusCode' in error ? error.statusCode : undefined;
  return typeof statusCode === 'number' && statusCode < 500 ? refused(error.message, statusCode) : null;
}

/** The paths that a JSON Schema of the control API found wrong. */
function validationProblems(error: Error): string[] {
  if (!('validation' in error) || !Array.isArray(error.validation)) return [];
  return error.validation.map((problem: { instancePath?: string }) => problem.instancePath?.slice(1) || 'body');
}

/** The SDK adds /v1 by itself, so a base URL that ends in it is the one configuration mistake everybody makes. */
function hintFor(url: string): string {
  return url.startsWith('/v1/v1/') ? ' The SDK adds /v1 itself: set its base URL without it.' : '';
}
