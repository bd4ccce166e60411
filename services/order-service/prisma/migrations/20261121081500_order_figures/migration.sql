-- How many orders of a business are in which state, and what they brought in. Who changes an order appends what that
-- changes to order_figure_changes, in its own statement and without waiting for anybody; a job folds these into the
-- totals. The truth at any moment is both together.
create table order_figures (
  business_id uuid not null,
  status text not null,
  payment_status text not null,
  orders bigint not null,
  revenue_paise bigint not null,
  primary key (business_id, status, payment_status)
);
create table order_figure_changes (
  id bigint primary key generated always as identity,
  business_id uuid not null,
  status text not null,
  payment_status text not null,
  orders bigint not null,
  revenue_paise bigint not null
);

insert into order_figures (business_id, status, payment_status, orders, revenue_paise)
select business_id, status, payment_status, count(*),
  sum(case when paid_at is null then 0 else total_paise - refunded_paise end)
from orders group by business_id, status, payment_status;
