import type { Invariant } from '@reseller/persistence';
import { ORDER_STATUSES, TRANSITIONS } from './order-status.js';

const MOVES = ORDER_STATUSES.flatMap((from) => Object.keys(TRANSITIONS[from]).map((to) => `('${from}', '${to}')`)).join(
  ', ',
);

/**
 * What must hold of this database whatever failed. Run after storms by tests, and on a live one by the invariants
 * command. What spans services (a converted reservation, the captured amount) is compared there, by order id.
 */
export const ORDER_INVARIANTS: readonly Invariant[] = [
  {
    name: 'an order that is PAID has its payment and when it came',
    sql: `select id, status from orders
      where (status = 'PAID' or payment_status = 'PAID') and (paid_at is null or payment_id is null)`,
  },
  {
    name: 'no payment settles two orders',
    sql: `select payment_id as id, count(*) as orders from orders where payment_id is not null group by payment_id having count(*) > 1`,
  },
  {
    name: 'totals are the sums of their lines',
    sql: `select o.id, o.total_paise, sum(l.total_paise) as lines_paise from orders o left join order_lines l on l.order_id = o.id
      group by o.id
      having o.subtotal_paise is distinct from sum(l.subtotal_paise) or o.discount_paise is distinct from sum(l.discount_paise)
        or o.tax_paise is distinct from sum(l.tax_paise) or o.commission_paise is distinct from sum(l.commission_paise)
        or o.total_paise is distinct from sum(l.total_paise) + o.shipping_paise`,
  },
  {
    name: 'the payment status is what the facts say',
    sql: `select id, payment_status from orders where payment_status <> case
        when refunded_paise >= total_paise and refunded_paise > 0 then 'REFUNDED'
        when refunded_paise > 0 then 'PARTIALLY_REFUNDED'
        when paid_at is not null then 'PAID'
        when failed_attempts > 0 then 'FAILED'
        else 'PENDING' end`,
  },
  {
    name: 'no more is refunded than was paid',
    sql: `select id, refunded_paise, total_paise from orders where refunded_paise > total_paise`,
  },
  {
    name: 'every version has its row of history, and the last one shows the status',
    sql: `select o.id, o.version, count(h.version) as rows from orders o left join order_history h on h.order_id = o.id
      group by o.id
      having count(h.version) <> o.version
        or (array_agg(h.to_status order by h.version desc))[1] is distinct from o.status`,
  },
  {
    name: 'history moves only as the transition table allows',
    sql: `select order_id as id, from_status, to_status from order_history
      where from_status is not null and from_status <> to_status and (from_status, to_status) not in (${MOVES})`,
  },
  {
    name: 'ORDER_PAID is told once per order at most, and never after a cancellation',
    sql: `select p.aggregate_id as id from outbox p where p.type = 'ORDER_PAID'
      group by p.aggregate_id
      having count(*) > 1 or exists (select 1 from outbox c where c.aggregate_id = p.aggregate_id
        and c.type = 'ORDER_CANCELLED' and c.aggregate_version < min(p.aggregate_version))`,
  },
  {
    name: 'the figures of the dashboard are what the orders count',
    sql: `select business_id as id, status, payment_status, counted.orders, summed.orders as figure, counted.revenue, summed.revenue as revenue_figure
      from (select business_id, status, payment_status, count(*) as orders,
          sum(case when paid_at is null then 0 else total_paise - refunded_paise end) as revenue
        from orders group by business_id, status, payment_status) counted
      full join (select business_id, status, payment_status, sum(orders) as orders, sum(revenue_paise) as revenue
        from (select business_id, status, payment_status, orders, revenue_paise from order_figures
          union all select business_id, status, payment_status, orders, revenue_paise from order_figure_changes) figures
        group by business_id, status, payment_status
        having sum(orders) <> 0 or sum(revenue_paise) <> 0) summed using (business_id, status, payment_status)
      where counted.orders is distinct from summed.orders or counted.revenue is distinct from summed.revenue`,
  },
  {
    name: 'an order whose customer was deleted is marked for it',
    sql: `select o.id, o.customer_id from orders o join deleted_customers d on d.customer_id = o.customer_id
      where o.buyer_forgotten_at is null and not (o.user_id is not null and o.customer_version = 1)`,
  },
  {
    name: 'no order waits for money long after its window',
    sql: `select id, payment_expires_at from orders where status = 'PENDING' and payment_expires_at < now() - interval '1 hour'`,
  },
];
