/** RFC 9457 problem details as every error answer has them; `problem.ts` makes them. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'message', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'Stable, for programs: ORDER_NOT_FOUND, OUT_OF_STOCK, …' },
    message: { type: 'string', description: 'The same as detail' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    details: { type: 'object', additionalProperties: true },
  },
} as const;

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

export interface OperationTraits {
  /** Has parameters or a body. */
  readonly takesInput: boolean;
  /** Its path names one thing. */
  readonly namesOne: boolean;
  readonly changes: boolean;
  readonly access: 'open' | 'public' | 'signed-in';
}

/** The error answers of an operation, by status. */
export function documentProblems({ takesInput, namesOne, changes, access }: OperationTraits) {
  return {
    ...(takesInput ? { 400: problem('The request is not valid; errors says where') } : {}),
    ...(access === 'open'
      ? {}
      : { 401: problem(access === 'public' ? 'The access token is not valid' : 'No or no valid access token') }),
    ...(access === 'signed-in' ? { 403: problem('Not for this caller') } : {}),
    ...(namesOne ? { 404: problem('There is no such thing, or it is somebody else’s') } : {}),
    ...(changes && access !== 'open'
      ? {
          409: problem('Its state does not allow it'),
          422: problem('Understood, but refused by a business rule'),
        }
      : {}),
    default: problem(
      'Too many requests (429), a fault of ours (500), or something that is needed is down (502, 503, 504)',
    ),
  };
}
