import type { FastifyInstance } from 'fastify';
import { type ListQuery, pageOf } from './collection.js';
import type { SandboxContext } from './context.js';
import type { RefundEntity, RefundSpeed } from './entities.js';
import { invalidField, refused, unknownId } from './razorpay-error.js';
import { refundPayment, type RefundRequest } from './refund-payment.js';
import { readAmount, readBody, readNotes, readReceipt, type RequestBody } from './request-fields.js';
import type { PaymentRecord } from './store.js';

interface ById {
  Params: { id: string };
}

const IDEMPOTENCY_HEADER = 'x-refund-idempotency';
/** Source: https://razorpay.com/docs/api/refunds/normal-refunds-idempotent/ */
const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{10,255}$/;

export function refundsRoutes(app: FastifyInstance, context: SandboxContext): void {
  const { store } = context;

  app.post<ById>('/payments/:id/refund', ({ params, body, headers }) => {
    const request = readRefund(body);
    return refundOnce(context, store.paymentById(params.id), request, headers[IDEMPOTENCY_HEADER]);
  });

  app.get<ById & { Querystring: ListQuery }>('/payments/:id/refunds', ({ params, query }) =>
    pageOf(store.refundsOfPayment(store.paymentById(params.id)), query),
  );

  app.get<{ Params: { id: string; refundId: string } }>('/payments/:id/refunds/:refundId', ({ params }) => {
    const refund = store.refundById(params.refundId);
    if (refund.payment_id !== params.id) throw unknownId();
    return refund;
  });

  app.get<{ Querystring: ListQuery }>('/refunds', ({ query }) => pageOf(store.listRefunds(), query));

  app.get<ById>('/refunds/:id', ({ params }) => store.refundById(params.id));
}

/** The same key with the same request answers with the same refund; with another request it is refused. */
function refundOnce(
  context: SandboxContext,
  payment: PaymentRecord,
  request: RefundRequest,
  key: string | readonly string[] | undefined,
): RefundEntity {
  if (key === undefined) return refundPayment(context, payment, request);
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw refused('The idempotency key must have at least 10 characters: letters, digits, hyphens and underscores.');
  }
  const fingerprint = JSON.stringify(request);
  const earlier = payment.refundsByKey.get(key);
  if (earlier === undefined) {
    const refund = refundPayment(context, payment, request);
    payment.refundsByKey.set(key, { request: fingerprint, refundId: refund.id });
    return refund;
  }
  if (earlier.request !== fingerprint) throw refused('Different request body sent for the same idempotency key.');
  return context.store.refundById(earlier.refundId);
}

function readRefund(requestBody: unknown): RefundRequest {
  const body = readBody(requestBody, ['amount', 'speed', 'notes', 'receipt']);
  return {
    amount: body['amount'] === undefined ? null : readAmount(body),
    speed: readSpeed(body),
    notes: readNotes(body),
    receipt: readReceipt(body),
  };
}

function readSpeed(body: RequestBody): RefundSpeed {
  const speed = body['speed'] ?? 'normal';
  if (speed !== 'normal' && speed !== 'optimum') {
    throw invalidField('speed', 'The speed must be normal or optimum.');
  }
  return speed;
}
