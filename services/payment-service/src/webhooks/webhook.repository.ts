import type { Sql } from '@reseller/persistence';
import { retryDelayMs, type WebhookMessage } from './webhook.js';

export interface StoredWebhook {
  readonly id: string;
  readonly body: string;
  readonly tries: number;
}

/** How long whoever stored a webhook has to work it, before the sweeping job takes over. */
const OWN_SECONDS = 30;

// The unique event key claims the event; a duplicate inserts nothing. In the same statement it is seen whether the payment
// it tells of is captured already: then there is nothing left to do, and `authorized` and `order.paid` behind a capture
// cost this one insert.
const STORE = `
  with known as (
    select 1 from payments where $8 and razorpay_payment_id = $5 and captured_at is not null)
  insert into webhook_events (id, event_key, event_type, razorpay_order_id, razorpay_payment_id, razorpay_refund_id, body,
    processed_at, outcome, next_try_at)
  select $1, $2, $3, $4, $5, $6, $7,
    case when exists (select 1 from known) then now() end,
    case when exists (select 1 from known) then 'KNOWN' end,
    case when not exists (select 1 from known) then now() + interval '${OWN_SECONDS} seconds' end
  on conflict (event_key) do nothing returning processed_at is null as "isNew"`;

export interface NewWebhook {
  readonly id: string;
  readonly eventKey: string;
  readonly message: WebhookMessage;
  readonly body: string;
  /** Whether a captured payment already says all of it. */
  readonly isSaidByCapture: boolean;
}

/** Stores a webhook before it is acted upon. @returns whether there is something left to do with it. */
export async function storeWebhook(
  sql: Sql,
  { id, eventKey, message, body, isSaidByCapture }: NewWebhook,
): Promise<boolean> {
  const payment = message.kind === 'other' ? null : message.payment;
  const refund = message.kind === 'refund' ? message.refund : null;
  const [stored] = await sql.query<{ isNew: boolean }>(STORE, [
    id,
    eventKey,
    message.eventType,
    payment?.orderId ?? null,
    payment?.id ?? refund?.paymentId ?? null,
    refund?.id ?? null,
    body,
    isSaidByCapture,
  ]);
  return stored?.isNew ?? false;
}

/** Leaves the outcome that a use case has written itself. */
export async function markProcessed(sql: Sql, id: string, outcome: string): Promise<void> {
  await sql.query(
    `update webhook_events set processed_at = now(), outcome = $2, next_try_at = null, last_error = null
     where id = $1 and processed_at is null`,
    [id, outcome],
  );
}

export async function markFailed(sql: Sql, webhook: StoredWebhook, error: string): Promise<void> {
  await sql.query(
    `update webhook_events set tries = tries + 1, last_error = $2,
       next_try_at = now() + make_interval(secs => $3::double precision / 1000)
     where id = $1 and processed_at is null`,
    [webhook.id, error, retryDelayMs(webhook.tries)],
  );
}

/** Leases what was stored and not worked: its process died, or it failed. */
export function claimDueWebhooks(sql: Sql, limit: number): Promise<StoredWebhook[]> {
  return sql.query<StoredWebhook>(
    `update webhook_events set next_try_at = now() + interval '${OWN_SECONDS} seconds' where id in (
       select id from webhook_events where processed_at is null and next_try_at <= now()
       order by next_try_at limit $1 for update skip locked)
     returning id, body, tries`,
    [limit],
  );
}

/** Takes a webhook up again, whatever came of it. */
export async function reopenWebhook(sql: Sql, id: string): Promise<StoredWebhook | undefined> {
  const [webhook] = await sql.query<StoredWebhook>(
    `update webhook_events set processed_at = null, outcome = null, tries = 0, last_error = null,
       next_try_at = now() + interval '${OWN_SECONDS} seconds' where id = $1 returning id, body, tries`,
    [id],
  );
  return webhook;
}
