import { Injectable } from '@nestjs/common';
import { boundedTotal, COUNTED_MAX, type BoundedPage, type PageRequest } from '@reseller/http';
import { Database } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import { JOIN_PAYMENT } from './webhook.repository.js';

export const webhookNotFound = () => notFound('WEBHOOK_NOT_FOUND', 'There is no such webhook.');

export interface WebhookFilter {
  /** Webhooks about payments of this business; null: all, those about nothing that we know among them. */
  readonly businessId: string | null;
  readonly eventType?: string | undefined;
  readonly razorpayPaymentId?: string | undefined;
  readonly razorpayOrderId?: string | undefined;
  /** True: those that were stored and could not be worked yet. */
  readonly pending?: boolean | undefined;
}

export interface WebhookRecord {
  readonly id: string;
  readonly eventKey: string;
  readonly eventType: string;
  readonly razorpayOrderId: string | null;
  readonly razorpayPaymentId: string | null;
  readonly razorpayRefundId: string | null;
  /** Ours, where the webhook is about one. */
  readonly paymentId: string | null;
  readonly businessId: string | null;
  readonly receivedAt: Date;
  readonly processedAt: Date | null;
  readonly outcome: string | null;
  readonly tries: number;
  readonly nextTryAt: Date | null;
  readonly lastError: string | null;
}

export type WholeWebhookRecord = WebhookRecord & { readonly body: string };

const COLUMNS = `w.id, w.event_key as "eventKey", w.event_type as "eventType", w.razorpay_order_id as "razorpayOrderId",
  w.razorpay_payment_id as "razorpayPaymentId", w.razorpay_refund_id as "razorpayRefundId", payment.id as "paymentId", w.business_id as "businessId",
  w.received_at as "receivedAt", w.processed_at as "processedAt", w.outcome, w.tries, w.next_try_at as "nextTryAt",
  w.last_error as "lastError"`;
const WHERE = `where ($1::uuid is null or w.business_id = $1) and ($2::text is null or w.event_type = $2)
  and ($3::text is null or w.razorpay_payment_id = $3) and ($4::text is null or w.razorpay_order_id = $4)
  and ($5::boolean is null or (w.processed_at is null) = $5)`;

const LIST = (direction: 'asc' | 'desc') => `select ${COLUMNS} from webhook_events w ${JOIN_PAYMENT} ${WHERE}
  order by w.received_at ${direction}, w.id ${direction} offset $6 limit $7`;
export const NEWEST_FIRST = LIST('desc');
export const OLDEST_FIRST = LIST('asc');
export const COUNT = `select count(*)::int as counted from (
  select 1 from webhook_events w ${WHERE} limit ${COUNTED_MAX + 1}) counted`;
const FIND = `select ${COLUMNS}, w.body from webhook_events w ${JOIN_PAYMENT}
  where w.id = $1 and ($2::uuid is null or w.business_id = $2)`;

@Injectable()
export class WebhookQueries {
  constructor(private readonly database: Database) {}

  /** @param businessId as in {@link WebhookFilter} @throws 404 WEBHOOK_NOT_FOUND */
  async get(id: string, businessId: string | null): Promise<WholeWebhookRecord> {
    const [webhook] = await this.database.query<WholeWebhookRecord>(FIND, [id, businessId]);
    if (webhook === undefined) throw webhookNotFound();
    return webhook;
  }

  async list(
    { businessId, eventType, razorpayPaymentId, razorpayOrderId, pending }: WebhookFilter,
    { skip, take, sort }: PageRequest<'receivedAt'>,
  ): Promise<BoundedPage<WebhookRecord>> {
    const filter = [businessId, eventType ?? null, razorpayPaymentId ?? null, razorpayOrderId ?? null, pending ?? null];
    const [data, [row]] = await Promise.all([
      this.database.query<WebhookRecord>(sort.descending ? NEWEST_FIRST : OLDEST_FIRST, [...filter, skip, take]),
      this.database.query<{ counted: number }>(COUNT, filter),
    ]);
    return { data, ...boundedTotal(row?.counted ?? 0), skip, take };
  }
}
