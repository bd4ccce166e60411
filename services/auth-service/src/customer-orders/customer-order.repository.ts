import type { SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { ENGAGEMENT } from '../customers/customer.js';
import type { Contribution, OrderFacts } from './customer-order.js';

export interface KnownOrder extends OrderFacts {
  readonly customerId: string | null;
  /** The order named no customer: this one was found for it. */
  readonly customerFound: boolean;
}

// Who comes second waits for the first and is given the row as it stands.
const HOLD = `
insert into customer_order_facts as known (order_id, business_id, total_paise) values ($1, $2, $3)
on conflict (order_id) do update set business_id = known.business_id
returning customer_id as "customerId", customer_found as "customerFound", paid_at as "paidAt", total_paise as "totalPaise", refunded_paise as "refundedPaise"`;

const SAVE = `
update customer_order_facts set customer_id = $2::uuid, paid_at = $3::timestamptz, refunded_paise = $4, customer_found = $5,
  updated_at = now()
where order_id = $1::uuid`;

// The customer's row is held before it is written, for the score that the history starts from.
const SAVE_AND_COUNT = `
with saved as (${SAVE}),
held as (select id, engagement_score from customers where id = $2::uuid for no key update),
counted as (
  update customers c set total_orders = c.total_orders + $6::int, total_spent_paise = c.total_spent_paise + $7::bigint,
    last_order_at = greatest(c.last_order_at, $3::timestamptz),
    engagement_score = least(c.engagement_score + ${ENGAGEMENT.perPaidOrder} * $6::int, ${ENGAGEMENT.max}), updated_at = now()
  from held where c.id = held.id
  returning c.id, held.engagement_score as before, c.engagement_score as after
),
moved as (
  insert into customer_engagement_changes (id, customer_id, before, after, reason, actor, order_id)
  select $8::uuid, id, before, after, $9::text, 'service:order', $1::uuid from counted where $6::int > 0
)
select id from counted`;

const HOLD_CUSTOMER = `select user_id as "userId", deleted_at is not null as "isDeleted" from customers
  where id = $1 for no key update`;

// The rows of the other orders are read by a statement of its own, after the customer's row is held: they are complete then.
const TAKE_BACK = `
with moved as (
  select coalesce(sum(after - before), 0)::int as points from customer_engagement_changes
  where customer_id = $2::uuid and order_id = $1::uuid
),
taken as (
  update customers c set total_orders = c.total_orders - $3::int, total_spent_paise = c.total_spent_paise - $4::bigint,
    last_order_at = (
      select max(paid_at) from customer_order_facts where customer_id = $2::uuid and order_id <> $1::uuid),
    engagement_score = greatest(c.engagement_score - moved.points, ${ENGAGEMENT.min}), updated_at = now()
  from moved, customers held where c.id = $2::uuid and held.id = c.id
  returning c.id, held.engagement_score as before, c.engagement_score as after
)
insert into customer_engagement_changes (id, customer_id, before, after, reason, actor, order_id)
select $5::uuid, id, before, after, $6::text, 'service:order', $1::uuid from taken`;

/** The row of an order, made where this is the first that is heard of it, and held until the transaction ends. */
export async function holdOrder(
  tx: SqlTx,
  order: { readonly orderId: string; readonly businessId: string; readonly totalPaise: bigint },
): Promise<KnownOrder> {
  const [row] = await tx.query<KnownOrder>(HOLD, [order.orderId, order.businessId, order.totalPaise]);
  if (row === undefined) throw new Error('an upsert returned no row');
  return row;
}

export async function saveOrder(tx: SqlTx, orderId: string, order: KnownOrder): Promise<void> {
  await tx.query(SAVE, [orderId, order.customerId, order.paidAt, order.refundedPaise, order.customerFound]);
}

/** Saves an order and gives its customer what it adds to the figures; a paid order moves the engagement as well. */
export async function saveAndCount(
  tx: SqlTx,
  order: KnownOrder & { readonly orderId: string; readonly customerId: string },
  { added, reason }: { readonly added: Contribution; readonly reason: string },
): Promise<void> {
  const { orderId, customerId, paidAt, refundedPaise, customerFound } = order;
  const saved = [orderId, customerId, paidAt, refundedPaise, customerFound];
  const params = [...saved, added.orders, added.spentPaise, newId(), reason];
  if ((await tx.query(SAVE_AND_COUNT, params)).length === 0) throw new Error('the customer of an order is not there');
}

/** A customer for whom an order has counted, held until the transaction ends. */
export async function holdCounted(
  tx: SqlTx,
  customerId: string,
): Promise<{ readonly userId: string | null; readonly isDeleted: boolean }> {
  const [row] = await tx.query<{ userId: string | null; isDeleted: boolean }>(HOLD_CUSTOMER, [customerId]);
  if (row === undefined) throw new Error('the customer of an order is not there');
  return row;
}

/** Takes from a held customer what a paid order had added; the history of the score says why. */
export async function takeBack(
  tx: SqlTx,
  { orderId, customerId }: { readonly orderId: string; readonly customerId: string },
  { added, reason }: { readonly added: Contribution; readonly reason: string },
): Promise<void> {
  await tx.query(TAKE_BACK, [orderId, customerId, added.orders, added.spentPaise, newId(), reason]);
}
