/** What went wrong, in terms that each edge maps once: HTTP to a status, a consumer to retry or dead letter. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'precondition-failed'
  | 'too-large'
  | 'unprocessable'
  | 'rate-limited'
  | 'bad-gateway'
  | 'unavailable'
  | 'timeout';

/** Facts that the caller may see; never secrets, SQL or other people's data. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An expected failure with a stable code. Everything else that is thrown is a bug and answers 500. */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }
}

const maker =
  (kind: ErrorKind) =>
  (code: string, message: string, details?: ErrorDetails): DomainError =>
    new DomainError(kind, code, message, details);

export const invalid = maker('invalid');
export const unauthenticated = maker('unauthenticated');
export const forbidden = maker('forbidden');
export const notFound = maker('not-found');
export const conflict = maker('conflict');
export const gone = maker('gone');
export const preconditionFailed = maker('precondition-failed');
export const tooLarge = maker('too-large');
export const unprocessable = maker('unprocessable');
export const rateLimited = maker('rate-limited');
export const badGateway = maker('bad-gateway');
export const unavailable = maker('unavailable');
export const timedOut = maker('timeout');
