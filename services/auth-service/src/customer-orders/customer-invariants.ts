import type { Invariant } from '@reseller/persistence';
import { ENGAGEMENT } from '../customers/customer.js';

/** What must hold of customers whatever failed. */
export const CUSTOMER_INVARIANTS: readonly Invariant[] = [
  {
    name: 'the figures of a customer are the sums over their orders',
    sql: `select c.id, c.total_orders, c.total_spent_paise, c.last_order_at, f.orders, f.spent_paise, f.last_order_at as last_paid_at
      from customers c left join (
        select customer_id, count(*) as orders, sum(greatest(total_paise - refunded_paise, 0)) as spent_paise,
          max(paid_at) as last_order_at
        from customer_order_facts where paid_at is not null group by customer_id
      ) f on f.customer_id = c.id
      where c.total_orders <> coalesce(f.orders, 0) or c.total_spent_paise <> coalesce(f.spent_paise, 0)
        or c.last_order_at is distinct from f.last_order_at`,
  },
  {
    name: 'an engagement score is what its history leads to',
    sql: `select c.id, c.engagement_score, ${ENGAGEMENT.start} + coalesce(sum(h.after - h.before), 0) as by_history
      from customers c left join customer_engagement_changes h on h.customer_id = c.id
      group by c.id having c.engagement_score <> ${ENGAGEMENT.start} + coalesce(sum(h.after - h.before), 0)`,
  },
  {
    name: 'a paid order moved the engagement of its customer once',
    sql: `select f.order_id, count(h.id) as moves from customer_order_facts f
      left join customer_engagement_changes h on h.order_id = f.order_id and h.customer_id = f.customer_id
      where f.customer_id is not null group by f.order_id
      having count(h.id) <> (case when f.paid_at is null then 0 else 1 end)`,
  },
  {
    name: 'an order that moved on left no points behind, unless the score could not go lower',
    sql: `select h.order_id, h.customer_id, sum(h.after - h.before) as points
      from customer_engagement_changes h join customer_order_facts f on f.order_id = h.order_id
      where h.customer_id is distinct from f.customer_id group by h.order_id, h.customer_id
      having sum(h.after - h.before) <> 0 and not bool_or(h.after = ${ENGAGEMENT.min})`,
  },
];
