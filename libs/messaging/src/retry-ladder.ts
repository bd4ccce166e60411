import { DomainError } from '@reseller/runtime';
import type { Delivery, Disposition, Failure } from './transport.js';

/** A message that no later attempt can make good: malformed, of an unknown version, or without a handler. */
export class UnprocessableEventError extends Error {
  override readonly name = 'UnprocessableEventError';
}

const MAX_STACK_CHARACTERS = 4_000;

function failureOf(delivery: Delivery, error: unknown, now: Date): Failure {
  const cause = error instanceof Error ? error : new Error(String(error));
  return {
    error: `${cause.name}: ${cause.message}`.slice(0, 1_000),
    stack: (cause.stack ?? '').slice(0, MAX_STACK_CHARACTERS),
    attempts: delivery.attempt,
    firstFailedAt: delivery.firstFailedAt ?? now.toISOString(),
  };
}

const isHopeless = (error: unknown): boolean =>
  error instanceof UnprocessableEventError || (error instanceof DomainError && error.kind === 'invalid');

/** The next step of the ladder after a failed attempt, or the dead queue at its end. */
export function afterFailure(
  delivery: Delivery,
  error: unknown,
  retryDelaysMs: readonly number[],
  now: Date,
): Disposition {
  const failure = failureOf(delivery, error, now);
  const delayMs = retryDelaysMs[delivery.attempt - 1];
  if (delayMs === undefined || isHopeless(error)) return { kind: 'dead', failure };
  return { kind: 'retry', delayMs, failure };
}
