import { z } from 'zod';
import { boundedPageOf, pageQuery, queryFlag, searchText } from '@reseller/http';
import type { WebhookRecord, WholeWebhookRecord } from './webhook.queries.js';

export const listWebhooksQuery = z.strictObject({
  ...pageQuery(['receivedAt']),
  event: searchText().optional(),
  razorpayPaymentId: searchText().optional(),
  razorpayOrderId: searchText().optional(),
  /** `true`: those that were stored and could not be worked yet. */
  pending: queryFlag().optional(),
});
export type ListWebhooksQuery = z.infer<typeof listWebhooksQuery>;

export const webhookView = z
  .object({
    id: z.uuid(),
    eventId: z.string(),
    event: z.string(),
    /** 000's words for the two above. */
    razorpayEventId: z.string(),
    eventType: z.string(),
    paymentId: z.uuid().nullable(),
    /** Whose payment it is about; null where it is about none that we know. */
    businessId: z.uuid().nullable(),
    razorpayOrderId: z.string().nullable(),
    razorpayPaymentId: z.string().nullable(),
    razorpayRefundId: z.string().nullable(),
    /** FAILED: it was tried for a day and waits for a person to replay it. */
    status: z.enum(['PROCESSING', 'PROCESSED', 'FAILED']),
    receivedAt: z.iso.datetime(),
    processedAt: z.iso.datetime().nullable(),
    /** SETTLED, AUTHORIZED, FAILED, APPLIED, KNOWN (said already), IGNORED, UNKNOWN_ORDER, LAPSED. */
    outcome: z.string().nullable(),
    tries: z.int(),
    retryCount: z.int(),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'Webhook' });
export type WebhookView = z.infer<typeof webhookView>;
export const webhookPage = boundedPageOf(webhookView);
export const wholeWebhookView = webhookView.extend({ payload: z.unknown() }).meta({ id: 'WholeWebhook' });

/** Without the body: it names the payer, and a list is looked through by many. */
export function toWebhookView(webhook: WebhookRecord): WebhookView {
  return {
    id: webhook.id,
    eventId: webhook.eventKey,
    event: webhook.eventType,
    razorpayEventId: webhook.eventKey,
    eventType: webhook.eventType,
    paymentId: webhook.paymentId,
    businessId: webhook.businessId,
    status: statusOf(webhook),
    razorpayOrderId: webhook.razorpayOrderId,
    razorpayPaymentId: webhook.razorpayPaymentId,
    razorpayRefundId: webhook.razorpayRefundId,
    receivedAt: webhook.receivedAt.toISOString(),
    processedAt: webhook.processedAt?.toISOString() ?? null,
    outcome: webhook.outcome,
    tries: webhook.tries,
    retryCount: webhook.tries,
    lastError: webhook.lastError,
  };
}

/** One webhook as it came. */
export function toWholeWebhookView(webhook: WholeWebhookRecord): z.infer<typeof wholeWebhookView> {
  return { ...toWebhookView(webhook), payload: JSON.parse(webhook.body) };
}

function statusOf({ processedAt, nextTryAt }: WebhookRecord): WebhookView['status'] {
  if (processedAt !== null) return 'PROCESSED';
  return nextTryAt === null ? 'FAILED' : 'PROCESSING';
}
