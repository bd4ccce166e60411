import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemFilter } from './problem.filter.js';
import { PROBLEM_CONTENT_TYPE, problemOf, sendProblem, type ProblemSource } from './problem.js';

/** The path of a request that cannot be read is not known, or not fit to be repeated. */
const NO_PATH = '/';

const NOT_HTTP: ProblemSource = { status: 400, code: 'BAD_REQUEST', detail: 'This is not a valid HTTP request.' };
const BY_CODE: Readonly<Record<string, ProblemSource>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'HEADERS_TOO_LARGE',
    detail: 'The address and the headers of the request are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'REQUEST_TIMEOUT',
    detail: 'The request did not arrive in time.',
  },
};

/** What Node's parser refuses never becomes a request with a reply: the problem is written to the connection itself. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const source = BY_CODE[error.code ?? ''] ?? NOT_HTTP;
    const body = JSON.stringify(problemOf(source, NO_PATH));
    const head = [
      `HTTP/1.1 ${source.status} ${STATUS_CODES[source.status]}`,
      `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroy(error);
}

/** Fastify's options for requests that do not get as far as a route: they are answered with problem details, too. */
export const unreadableRequests = (problems: ProblemFilter) => ({
  // Node would refuse a request without a host by itself, with nothing in the answer; see request-context.ts.
  http: { requireHostHeader: false },
  clientErrorHandler: answerClientError,
  frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(reply, problems.sourceOf(error), NO_PATH),
});
