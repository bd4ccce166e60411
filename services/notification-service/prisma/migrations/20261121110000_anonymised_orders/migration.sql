-- Orders whose customer was deleted: what was written to their buyers is deleted, and nothing more is written.
create table anonymised_orders (
  order_id uuid primary key,
  heard_at timestamptz(3) not null default now()
);
create index messages_order_id_idx on messages (order_id);
