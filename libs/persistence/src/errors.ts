const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined;

/** The SQLSTATE or Node error code, also where Prisma has wrapped the driver's error. */
function codeOf(error: unknown): string {
  const wrapped = field(field(field(error, 'meta'), 'driverAdapterError'), 'cause');
  const code = field(wrapped, 'originalCode') ?? field(field(error, 'meta'), 'code') ?? field(error, 'code');
  return typeof code === 'string' ? code : '';
}

const RETRYABLE = new Set(['40001', '40P01']);

/** A serialisation failure or deadlock: the transaction did nothing and may be run again. */
export function isRetryableConflict(error: unknown): boolean {
  return RETRYABLE.has(codeOf(error)) || field(error, 'code') === 'P2034';
}

/** A row with the same unique key stands already. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505' || field(error, 'code') === 'P2002';
}

const NODE_NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const PRISMA_OUTAGE = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024']);
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/;

/** The database could not be reached or went away (SQLSTATE classes 08, 53, 57P and 58, and network errors). */
export function isDatabaseOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (NODE_NETWORK.has(code) || PRISMA_OUTAGE.has(code)) return true;
  if (/^(08|53|58)/.test(code) || /^57P/.test(code)) return true;
  const nested = field(error, 'errors');
  if (Array.isArray(nested) && nested.some(isDatabaseOutage)) return true;
  return error instanceof Error && LOST_CONNECTION.test(error.message);
}
