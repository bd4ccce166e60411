import { z } from 'zod';
import { pageOf, pageQuery, searchText } from '@reseller/http';
import type { WebhookRecord } from './webhook.queries.js';

export const listWebhooksQuery = z.strictObject({
  ...pageQuery(['receivedAt']),
  event: searchText().optional(),
  razorpayPaymentId: searchText().optional(),
  razorpayOrderId: searchText().optional(),
  /** `true`: those that were stored and could not be worked yet. */
  pending: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});
export type ListWebhooksQuery = z.infer<typeof listWebhooksQuery>;

export const webhookView = z
  .object({
    id: z.uuid(),
    eventId: z.string(),
    event: z.string(),
    razorpayOrderId: z.string().nullable(),
    razorpayPaymentId: z.string().nullable(),
    razorpayRefundId: z.string().nullable(),
    receivedAt: z.iso.datetime(),
    processedAt: z.iso.datetime().nullable(),
    /** SETTLED, AUTHORIZED, FAILED, APPLIED, KNOWN (said already), IGNORED, UNKNOWN_ORDER, LAPSED. */
    outcome: z.string().nullable(),
    tries: z.int(),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'Webhook' });
export type WebhookView = z.infer<typeof webhookView>;
export const webhookPage = pageOf(webhookView);

/** Without the body: it names the payer. */
export function toWebhookView(webhook: WebhookRecord): WebhookView {
  return {
    id: webhook.id,
    eventId: webhook.eventKey,
    event: webhook.eventType,
    razorpayOrderId: webhook.razorpayOrderId,
    razorpayPaymentId: webhook.razorpayPaymentId,
    razorpayRefundId: webhook.razorpayRefundId,
    receivedAt: webhook.receivedAt.toISOString(),
    processedAt: webhook.processedAt?.toISOString() ?? null,
    outcome: webhook.outcome,
    tries: webhook.tries,
    lastError: webhook.lastError,
  };
}
