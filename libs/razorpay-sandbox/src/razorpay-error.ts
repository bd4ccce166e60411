export interface RazorpayErrorBody {
  readonly error: {
    readonly code: 'BAD_REQUEST_ERROR' | 'GATEWAY_ERROR' | 'SERVER_ERROR';
    readonly description: string;
    readonly source: string;
    readonly step: string;
    readonly reason: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly field?: string;
  };
}

/** An answer in Razorpay's error shape. Clients should trust `code` and the status only; the rest is for people. */
export class RazorpayError extends Error {
  readonly statusCode: number;
  readonly body: RazorpayErrorBody;

  constructor(statusCode: number, body: RazorpayErrorBody) {
    super(body.error.description);
    this.name = 'RazorpayError';
    this.statusCode = statusCode;
    this.body = body;
  }
}

/** A field of the request is wrong. */
export function invalidField(field: string, description: string): RazorpayError {
  return new RazorpayError(400, {
    error: {
      code: 'BAD_REQUEST_ERROR',
      description,
      source: 'business',
      step: 'payment_initiation',
      reason: 'input_validation_failed',
      metadata: {},
      field,
    },
  });
}

/** The request is well formed, but the state of what it names does not allow it. */
export function refused(description: string, statusCode = 400): RazorpayError {
  return new RazorpayError(statusCode, {
    error: { code: 'BAD_REQUEST_ERROR', description, source: 'NA', step: 'NA', reason: 'NA', metadata: {} },
  });
}

/** Razorpay answers 400, not 404, for an id that it does not know. */
export function unknownId(): RazorpayError {
  return refused('The id provided does not exist');
}

export function serverErrorBody(): RazorpayErrorBody {
  return {
    error: {
      code: 'SERVER_ERROR',
      description: 'We are facing some trouble completing your request at the moment. Please try again shortly.',
      source: 'NA',
      step: 'NA',
      reason: 'NA',
      metadata: {},
    },
  };
}
