import type { Sql } from '@reseller/persistence';
import { retryDelayMs, type WebhookMessage } from './webhook.js';

export interface StoredWebhook {
  readonly id: string;
  readonly body: string;
  readonly tries: number;
}

// What a webhook is about: the attempt that it names, else the payment that its Razorpay order was made for.
const PAYMENT_ABOUT = (razorpayPaymentId: string, razorpayOrderId: string): string => `coalesce(
  (select payment_id from payment_attempts t where t.razorpay_payment_id = ${razorpayPaymentId}),
  (select holder.id from payments holder where holder.razorpay_order_id = ${razorpayOrderId} and holder.holds_razorpay_order))`;
const BUSINESS_ABOUT = (razorpayPaymentId: string, razorpayOrderId: string): string =>
  `(select business_id from payments p where p.id = ${PAYMENT_ABOUT(razorpayPaymentId, razorpayOrderId)})`;

/** The payment that a webhook is about, joined to `webhook_events w` as `payment`. */
export const JOIN_PAYMENT = `left join payments payment
  on payment.id = ${PAYMENT_ABOUT('w.razorpay_payment_id', 'w.razorpay_order_id')}`;

/** How long whoever stored a webhook has to work it, before the sweeping job takes over. */
const OWN_SECONDS = 30;

// The unique event key claims the event; a duplicate inserts nothing. In the same statement it is seen whether the payment
// it tells of is captured already: then there is nothing left to do, and `authorized` and `order.paid` behind a capture
// cost this one insert.
const STORE = `
  with known as (
    select 1 from payments where $8 and razorpay_payment_id = $5 and captured_at is not null),
  about as (
    select p.business_id, a.buyer_forgotten_at is not null as is_forgotten
    from payments p join subject_accounts a using (subject_id) where p.id = ${PAYMENT_ABOUT('$5', '$4')})
  insert into webhook_events (id, event_key, event_type, razorpay_order_id, razorpay_payment_id, razorpay_refund_id, body,
    business_id, processed_at, outcome, next_try_at)
  select $1, $2, $3, $4, $5, $6, case when (select is_forgotten from about) then $9 else $7 end, (select business_id from about),
    case when exists (select 1 from known) then now() end,
    case when exists (select 1 from known) then 'KNOWN' end,
    case when not exists (select 1 from known) then now() + interval '${OWN_SECONDS} seconds' end
  on conflict (event_key) do nothing returning processed_at is null as "isNew"`;

export interface NewWebhook {
  readonly id: string;
  readonly eventKey: string;
  readonly message: WebhookMessage;
  readonly body: string;
  /** Stored instead where the order's customer was deleted. */
  readonly bodyWithoutPayer: string;
  /** Whether a captured payment already says all of it. */
  readonly isSaidByCapture: boolean;
}

/** Stores a webhook before it is acted upon. @returns whether there is something left to do with it. */
export async function storeWebhook(
  sql: Sql,
  { id, eventKey, message, body, bodyWithoutPayer, isSaidByCapture }: NewWebhook,
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
    bodyWithoutPayer,
  ]);
  return stored?.isNew ?? false;
}

/** Leaves the outcome that a use case has written itself. */
export async function markProcessed(sql: Sql, id: string, outcome: string): Promise<void> {
  await sql.query(
    `update webhook_events w set processed_at = now(), outcome = $2, next_try_at = null, last_error = null,
       business_id = coalesce(business_id, ${BUSINESS_ABOUT('w.razorpay_payment_id', 'w.razorpay_order_id')})
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
    `update webhook_events set next_try_at = now() + interval '${OWN_SECONDS} seconds' where id = any (array(
       select id from webhook_events where processed_at is null and next_try_at <= now()
       order by next_try_at limit $1 for update skip locked))
     returning id, body, tries`,
    [limit],
  );
}

export interface ReopenedWebhook extends StoredWebhook {
  readonly businessId: string | null;
  /** The database's. */
  readonly now: Date;
}

/** Takes a webhook up again, whatever came of it. */
export async function reopenWebhook(sql: Sql, id: string): Promise<ReopenedWebhook | undefined> {
  const [webhook] = await sql.query<ReopenedWebhook>(
    `update webhook_events set processed_at = null, outcome = null, tries = 0, last_error = null,
       next_try_at = now() + interval '${OWN_SECONDS} seconds' where id = $1
     returning id, body, tries, business_id as "businessId", now() as now`,
    [id],
  );
  return webhook;
}

/** Rows a statement, so that no lock is held for long. */
const DELETE_BATCH = 1_000;

// Found by the time of arrival, which has an index; what was replayed of late stays for its time again.
const DELETE_OLD = `
  delete from webhook_events where id = any (array(
    select id from webhook_events
    where received_at < now() - make_interval(secs => $1::double precision / 1000)
      and processed_at < now() - make_interval(secs => $1::double precision / 1000)
    order by received_at limit ${DELETE_BATCH} for update skip locked))
  returning 1 as one`;

/** Deletes one batch of webhooks that were worked longer ago. @returns how many */
export async function deleteOldWebhooks(sql: Sql, keptMs: number): Promise<number> {
  return (await sql.query(DELETE_OLD, [keptMs])).length;
}

// Two counts, for each has its index: `webhook_events_due` and `webhook_events_given_up`.
const COUNT_UNWORKED = `select
  (select count(*)::int from webhook_events where processed_at is null and next_try_at is not null) as waiting,
  (select count(*)::int from webhook_events where processed_at is null and next_try_at is null) as given_up`;

/** How many webhooks are stored and not worked: `waiting` to be tried (again), `given_up` until a person replays them. */
export async function countUnworkedWebhooks(sql: Sql): Promise<Record<string, number>> {
  const [counts] = await sql.query<{ waiting: number; given_up: number }>(COUNT_UNWORKED);
  return { ...counts };
}
