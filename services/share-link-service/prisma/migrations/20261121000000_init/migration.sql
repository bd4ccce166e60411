create table product_copies (
  id uuid primary key,
  version bigint not null,
  business_id uuid not null,
  product jsonb,
  deleted_at timestamptz(3),
  heard_at timestamptz(3) not null default now(),
  check ((product is null) = (deleted_at is not null))
);

create table share_links (
  id uuid primary key,
  version bigint not null default 1,
  code text not null check (code ~ '^[a-z0-9]{9}$'),
  business_id uuid not null,
  seller_id uuid not null,
  product_id uuid,
  seller_price_paise bigint check (seller_price_paise >= 0),
  expires_at timestamptz(3),
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (seller_price_paise is null or product_id is not null)
);
create unique index share_links_code_key on share_links (code);
create index share_links_seller_id_created_at_id_idx on share_links (seller_id, created_at, id);
create index share_links_business_id_created_at_id_idx on share_links (business_id, created_at, id);

create table clicks (
  share_link_id uuid not null,
  visitor bytea not null,
  hour timestamptz(0) not null,
  primary key (share_link_id, visitor, hour)
);
create index clicks_hour_idx on clicks (hour);

create table click_days (
  share_link_id uuid not null,
  day date not null,
  clicks bigint not null check (clicks > 0),
  visitors bigint not null,
  primary key (share_link_id, day),
  check (visitors between 0 and clicks)
);

create table link_orders (
  order_id uuid primary key,
  share_link_id uuid not null,
  total_paise bigint not null check (total_paise >= 0),
  paid_at timestamptz(3),
  refunded_paise bigint not null default 0 check (refunded_paise >= 0)
);
create index link_orders_share_link_id_idx on link_orders (share_link_id);

create table outbox (
  id uuid primary key,
  seq bigint generated always as identity,
  aggregate_type text not null,
  aggregate_id text not null,
  aggregate_version bigint not null,
  type text not null,
  version int not null,
  business_id uuid,
  payload jsonb not null,
  headers jsonb not null default '{}',
  occurred_at timestamptz not null,
  attempts int not null default 0,
  available_at timestamptz,
  last_error text,
  parked_at timestamptz,
  published_at timestamptz
);
create index outbox_unpublished on outbox (seq) where published_at is null and parked_at is null;
create index outbox_occurred on outbox (occurred_at);

create table inbox (
  consumer text not null,
  event_id uuid not null,
  handled_at timestamptz not null default now(),
  primary key (consumer, event_id)
);
create index inbox_handled on inbox (handled_at);

create table idempotency_keys (
  principal text not null,
  route text not null,
  key text not null,
  request_hash text not null,
  subject_id uuid not null,
  lease_until timestamptz not null,
  status int,
  response jsonb,
  created_at timestamptz not null default now(),
  primary key (principal, route, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);
