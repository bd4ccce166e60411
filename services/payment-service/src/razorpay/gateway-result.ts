import { badGateway, unavailable, type DomainError } from '@reseller/runtime';

/** Razorpay looked at the request and said no. Nothing happened, and the same request will be refused again. */
export interface Rejected {
  readonly kind: 'rejected';
  readonly status: number;
  /** `BAD_REQUEST_ERROR`, …: the only part of an error that Razorpay keeps stable. */
  readonly code: string;
  readonly description: string;
}

/** It may have happened or not. Never to be treated as failed: ask again with the same key, or look. */
export interface UnknownOutcome {
  readonly kind: 'unknown-outcome';
  readonly detail: string;
}

/** Nothing happened: Razorpay was not reached, or would not serve us now. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly detail: string;
}

/** What became of a call that changes something. */
export type GatewayResult<T> = { readonly kind: 'ok'; readonly value: T } | Rejected | UnknownOutcome | Unavailable;

/** What became of a call that only looks. */
export type GatewayAnswer<T> = { readonly kind: 'ok'; readonly value: T } | Rejected | Unavailable;

const RETRY_AFTER_SECONDS = 2;

/** The error for a caller who waits: 502 where Razorpay refused, 503 where it is worth trying again. */
export function gatewayError(result: Rejected | UnknownOutcome | Unavailable): DomainError {
  if (result.kind === 'rejected') {
    return badGateway('PAYMENT_GATEWAY_REJECTED', 'The payment provider refused the request.', { reason: result.code });
  }
  return unavailable('PAYMENT_GATEWAY_UNAVAILABLE', 'The payment provider does not answer right now. Try again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
