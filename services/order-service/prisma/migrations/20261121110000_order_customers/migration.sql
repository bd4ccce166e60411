-- What auth tells of customers: which of a business's is an account's, and who was deleted.
create table customer_copies (
  user_id uuid not null,
  business_id uuid not null,
  customer_id uuid not null,
  heard_at timestamptz(3) not null default now(),
  primary key (user_id, business_id)
);
create index customer_copies_customer on customer_copies (customer_id);
create table deleted_customers (
  customer_id uuid primary key,
  heard_at timestamptz(3) not null default now()
);

create index orders_of_customer on orders (customer_id, created_at, id);

-- The customer was deleted: the person leaves the order as soon as it is finished, and what accounts need stays.
alter table orders add column buyer_forgotten_at timestamptz(3),
  add constraint orders_forgotten_are_nobodys check (buyer_forgotten_at is null
    or status not in ('DELIVERED', 'CANCELLED', 'RETURNED')
    or (user_id is null and buyer_name is null and buyer_email is null and buyer_phone is null and notes is null));
