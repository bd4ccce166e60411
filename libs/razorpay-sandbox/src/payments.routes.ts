import type { FastifyInstance } from 'fastify';
import { capturePayment } from './capture-payment.js';
import { type ListQuery, pageOf } from './collection.js';
import type { SandboxContext } from './context.js';
import type { PaymentEntity } from './entities.js';
import { invalidField } from './razorpay-error.js';
import { readAmount, readBody } from './request-fields.js';

interface ById {
  Params: { id: string };
}

export function paymentsRoutes(app: FastifyInstance, context: SandboxContext): void {
  const { store } = context;

  app.get<{ Querystring: ListQuery }>('/payments', ({ query }) => pageOf(store.listPayments(), query));

  app.get<ById>('/payments/:id', ({ params }) => store.paymentById(params.id).entity);

  app.post<ById>('/payments/:id/capture', ({ params, body }) => capture(context, params.id, body));
}

/** Not idempotent, as with Razorpay: a second capture is an error, and the payment itself says whether it is taken. */
function capture(context: SandboxContext, paymentId: string, requestBody: unknown): PaymentEntity {
  const payment = context.store.paymentById(paymentId).entity;
  const body = readBody(requestBody, ['amount', 'currency']);
  const amount = readAmount(body);
  if (payment.status === 'authorized' && amount !== payment.amount) {
    throw invalidField('amount', 'Capture amount must be equal to the amount authorized');
  }
  if (payment.status === 'authorized' && (body['currency'] ?? 'INR') !== payment.currency) {
    throw invalidField('currency', 'Capture currency must be the same as the currency authorized');
  }
  context.webhooks.emit(capturePayment(context.store.orderById(payment.order_id).entity, payment));
  return payment;
}
