import type { FastifyInstance } from 'fastify';
import type { SandboxContext, SandboxSettings } from './context.js';
import { PAYMENT_METHODS } from './entities.js';
import { PAY_OUTCOMES, payOrder, type PayRequest } from './pay-order.js';
import { refundPayment, refundUncaptured, settleRefund } from './refund-payment.js';
import { MIN_AMOUNT_PAISE } from './request-fields.js';
import { WEBHOOK_BEHAVIOUR_SCHEMA } from './webhook-behaviour.js';

/*
 * The sandbox's own API: what at Razorpay is a customer in checkout, a person in the dashboard, or a bank.
 * It asks for no keys, since it is for the machine of a developer only.
 */

interface ById<Body> {
  Params: { id: string };
  Body: Body;
}

const PAISE_SCHEMA = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;

const PAY_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['outcome'],
  properties: {
    outcome: { enum: PAY_OUTCOMES },
    method: { enum: PAYMENT_METHODS },
    amount: PAISE_SCHEMA,
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    capture: { type: 'boolean' },
    webhooks: WEBHOOK_BEHAVIOUR_SCHEMA,
    lateAfterMs: { type: 'integer', minimum: 0, maximum: 86_400_000 },
    email: { type: 'string', maxLength: 256 },
    contact: { type: 'string', maxLength: 32 },
  },
};

const SETTLE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['status'],
  properties: { status: { enum: ['processed', 'failed'] } },
};

const DASHBOARD_REFUND_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: { amount: { ...PAISE_SCHEMA, minimum: MIN_AMOUNT_PAISE } },
};

const SETTINGS_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: { autoCapture: { type: 'boolean' }, refundsSettle: { enum: ['at-once', 'manually'] } },
};

export function controlRoutes(app: FastifyInstance, context: SandboxContext): void {
  const { store } = context;

  app.post<ById<PayRequest>>('/sandbox/orders/:id/pay', { schema: { body: PAY_SCHEMA } }, ({ params, body }) =>
    payOrder(context, store.orderById(params.id), body),
  );

  app.post<ById<{ amount?: number }>>(
    '/sandbox/payments/:id/refund-by-dashboard',
    { schema: { body: DASHBOARD_REFUND_SCHEMA } },
    ({ params, body }) =>
      refundPayment(context, store.paymentById(params.id), {
        amount: body.amount ?? null,
        speed: 'normal',
        notes: { comment: 'Refunded in the dashboard' },
        receipt: null,
      }),
  );

  app.post<ById<unknown>>('/sandbox/payments/:id/auto-refund', ({ params }) =>
    refundUncaptured(context, store.paymentById(params.id)),
  );

  app.post<ById<{ status: 'processed' | 'failed' }>>(
    '/sandbox/refunds/:id/settle',
    { schema: { body: SETTLE_SCHEMA } },
    ({ params, body }) => {
      const refund = store.refundById(params.id);
      settleRefund(context, refund, body.status);
      return refund;
    },
  );

  app.post<{ Body: Partial<SandboxSettings> }>('/sandbox/settings', { schema: { body: SETTINGS_SCHEMA } }, ({ body }) =>
    Object.assign(context.settings, body),
  );

  app.get('/sandbox/state', () => ({
    keyId: context.keyId,
    settings: context.settings,
    counts: { ...store.counts(), webhooks: context.webhooks.list().length },
    webhookBehaviour: context.webhooks.defaultBehaviour,
    faults: context.faults.list(),
  }));
}
