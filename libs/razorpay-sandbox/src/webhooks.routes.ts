import type { FastifyInstance } from 'fastify';
import { WEBHOOK_BEHAVIOUR_SCHEMA, type WebhookBehaviour } from './webhook-behaviour.js';
import { WEBHOOK_EVENT_NAMES } from './webhook-events.js';
import type { WebhookDelivery, WebhookQueue } from './webhooks.js';

interface DeliveryQuery {
  readonly event?: string;
  /** An order's, payment's or refund's id. */
  readonly about?: string;
  readonly limit: number;
}

const DELIVERY_QUERY_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    event: { enum: WEBHOOK_EVENT_NAMES },
    about: { type: 'string', maxLength: 64 },
    limit: { type: 'string', pattern: '^[1-9][0-9]{0,3}$' },
  },
};

const SECRET_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['secret'],
  properties: { secret: { type: 'string', minLength: 1, maxLength: 256 } },
};

const DEFAULT_LIMIT = 100;

export function webhooksRoutes(app: FastifyInstance, webhooks: WebhookQueue): void {
  app.post<{ Body: Partial<WebhookBehaviour> }>(
    '/sandbox/webhook-behaviour',
    { schema: { body: WEBHOOK_BEHAVIOUR_SCHEMA } },
    ({ body }) => webhooks.behave(body),
  );

  app.get<{ Querystring: { event?: string; about?: string; limit?: string } }>(
    '/sandbox/webhooks',
    { schema: { querystring: DELIVERY_QUERY_SCHEMA } },
    ({ query }) => {
      const deliveries = matching(webhooks.list(), { ...query, limit: Number(query.limit ?? DEFAULT_LIMIT) });
      return { count: deliveries.length, items: deliveries.map(shown) };
    },
  );

  app.post<{ Params: { eventId: string } }>('/sandbox/webhooks/:eventId/resend', async ({ params }) =>
    shown(await webhooks.resend(params.eventId)),
  );

  app.post<{ Body: { secret: string } }>(
    '/sandbox/webhooks/rotate-secret',
    { schema: { body: SECRET_SCHEMA } },
    ({ body }, reply) => {
      webhooks.rotateSecret(body.secret);
      return reply.code(204).send();
    },
  );
}

/** The last `limit` deliveries that match, oldest first. */
function matching(deliveries: readonly WebhookDelivery[], { event, about, limit }: DeliveryQuery): WebhookDelivery[] {
  return deliveries
    .filter((delivery) => event === undefined || delivery.event === event)
    .filter((delivery) => about === undefined || delivery.subjectIds.includes(about))
    .slice(-limit);
}

function shown(delivery: WebhookDelivery): object {
  const { body, ...rest } = delivery;
  const readable: unknown = JSON.parse(body);
  return { ...rest, lastStatus: delivery.attempts.at(-1)?.status ?? null, body: readable };
}
