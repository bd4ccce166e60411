import type { Invariant } from '@reseller/persistence';

export const STOCK_INVARIANTS: readonly Invariant[] = [
  {
    name: 'no variant has stock or reservations below zero, or more reserved than there is',
    sql: `select id as variant_id, stock, reserved from variants where stock < 0 or reserved < 0 or reserved > stock`,
  },
  {
    name: 'stock is the sum of its movements',
    sql: `select v.id as variant_id, v.stock, coalesce(sum(m.delta), 0) as movements
          from variants v left join stock_movements m on m.variant_id = v.id
          group by v.id having v.stock <> coalesce(sum(m.delta), 0)`,
  },
  {
    name: 'what is reserved is the sum of live reservations',
    sql: `select v.id as variant_id, v.reserved, coalesce(live.quantity, 0) as live
          from variants v left join (
            select l.variant_id, sum(l.quantity) as quantity
            from reservation_lines l join reservations r on r.id = l.reservation_id
            where r.status = 'RESERVED' group by l.variant_id
          ) live on live.variant_id = v.id
          where v.reserved <> coalesce(live.quantity, 0)`,
  },
  {
    name: 'a sold reservation sold what it held, and nothing goes back twice',
    sql: `select r.owner_id as order_id, l.variant_id, l.quantity, l.restocked_quantity, coalesce(m.net, 0) as net_movement
          from reservations r join reservation_lines l on l.reservation_id = r.id
          left join (
            select reference_id, variant_id, sum(delta) as net from stock_movements where reference_type = 'ORDER' group by 1, 2
          ) m on m.reference_id = r.owner_id::text and m.variant_id = l.variant_id
          where coalesce(m.net, 0) <> case when r.status in ('CONVERTED', 'RESTOCKED') then l.restocked_quantity - l.quantity else 0 end`,
  },
  {
    name: 'a cancelled order holds no stock',
    sql: `select owner_id as order_id, status from reservations where is_cancelled and status in ('RESERVED', 'CONVERTED')`,
  },
];
