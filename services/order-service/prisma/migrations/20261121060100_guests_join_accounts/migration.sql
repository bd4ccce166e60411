-- Addresses that accounts have proved to be their own, in lower case: a guest order with one belongs to the account.
create table verified_emails (
  email text primary key,
  user_id uuid not null,
  heard_at timestamptz(3) not null default now()
);
-- Those that are known from the orders which joined their accounts.
insert into verified_emails (email, user_id)
select distinct on (o.buyer_email) o.buyer_email, o.user_id
from orders o join order_history h on h.order_id = o.id and h.what = 'JOINED_ACCOUNT'
where o.buyer_email is not null and o.user_id is not null
order by o.buyer_email, h.occurred_at desc;
