create table product_copies (
  id uuid primary key,
  version bigint not null,
  business_id uuid not null,
  product jsonb,
  deleted_at timestamptz(3),
  heard_at timestamptz(3) not null default now(),
  check ((product is null) = (deleted_at is not null))
);

create table business_copies (
  id uuid primary key,
  version bigint not null,
  business jsonb not null,
  heard_at timestamptz(3) not null default now()
);

create table commission_rules (
  id uuid primary key,
  version bigint not null default 1,
  business_id uuid,
  scope text not null check (scope in ('platform', 'business', 'category', 'product', 'seller')),
  scope_id uuid,
  basis text not null check (basis in ('SALE', 'MARGIN')),
  rate_bps integer not null check (rate_bps between 0 and 10000),
  valid_from timestamptz(3),
  valid_to timestamptz(3),
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check ((scope = 'platform') = (scope_id is null)),
  check (scope <> 'platform' or business_id is null),
  check (scope <> 'business' or business_id is not distinct from scope_id),
  check (valid_to > valid_from)
);
create index commission_rules_scope_scope_id_idx on commission_rules (scope, scope_id);

create table tax_rates (
  id uuid primary key,
  version bigint not null default 1,
  hsn_prefix text not null check (hsn_prefix ~ '^[0-9]{2,8}$'),
  rate_bps integer not null check (rate_bps between 0 and 10000),
  description text not null,
  valid_from timestamptz(3) not null,
  valid_to timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check (valid_to > valid_from)
);
create unique index tax_rates_hsn_prefix_valid_from_key on tax_rates (hsn_prefix, valid_from);

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

-- The platform's default: 10 % of the sale, for every seller, until a narrower rule says otherwise.
insert into commission_rules (id, scope, basis, rate_bps) values ('00000000-0000-7000-8000-000000000010', 'platform', 'SALE', 1000);

-- GST since 22 September 2025 (0, 5, 18 and 40 %) for the chapters that resellers trade in most. A product whose rate
-- depends on more than its HSN (clothes and shoes above the price limit of their slab) carries its own rate.
insert into tax_rates (id, hsn_prefix, rate_bps, description, valid_from) values
  ('00000000-0000-7000-8000-000000000101', '4901', 0, 'Printed books', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000102', '4820', 0, 'Exercise and note books', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000103', '960321', 500, 'Toothbrushes', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000104', '3306', 500, 'Tooth powder and toothpaste', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000105', '3401', 500, 'Soap', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000106', '61', 500, 'Knitted clothes up to the price limit of the slab', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000107', '62', 500, 'Clothes that are not knitted, up to the price limit of the slab', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000108', '63', 500, 'Home textiles up to the price limit of the slab', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000109', '64', 500, 'Shoes up to the price limit of the slab', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000110', '3304', 1800, 'Cosmetics', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000111', '42', 1800, 'Bags, purses and leather goods', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000112', '85', 1800, 'Electrical machines, phones and sound equipment', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000113', '91', 1800, 'Watches and clocks', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000114', '220210', 4000, 'Sweetened and aerated waters', '2025-09-22T00:00:00+05:30'),
  ('00000000-0000-7000-8000-000000000115', '21069020', 4000, 'Pan masala', '2025-09-22T00:00:00+05:30');
