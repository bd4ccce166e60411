create table users (
  id uuid primary key,
  email text not null,
  password_hash text not null,
  first_name text,
  last_name text,
  phone text,
  roles text[] not null,
  is_active boolean not null default true,
  business_id uuid,
  email_verified_at timestamptz(3),
  version bigint not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint users_email_canonical check (email = lower(btrim(email))),
  constraint users_roles_known check (cardinality(roles) > 0 and roles <@ array['CUSTOMER', 'RESELLER', 'ADMIN'])
);
create unique index users_email_key on users (email);
create index users_created_at_id_idx on users (created_at, id);
create index users_business_id_idx on users (business_id);

create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on update cascade on delete cascade,
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  revoked_reason text,
  constraint sessions_revoked_with_reason check ((revoked_at is null) = (revoked_reason is null))
);
create index sessions_user_id_idx on sessions (user_id);
create index sessions_expires_at_idx on sessions (expires_at);

create table refresh_tokens (
  token_hash bytea primary key,
  session_id uuid not null references sessions (id) on update cascade on delete cascade,
  issued_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3)
);
create index refresh_tokens_session_id_idx on refresh_tokens (session_id);
-- A family has one live token: a second one would be a fork that reuse detection cannot see.
create unique index refresh_tokens_one_live on refresh_tokens (session_id) where used_at is null;

create table sign_in_throttles (
  key text primary key,
  failures integer not null,
  last_failed_at timestamptz(3) not null,
  blocked_until timestamptz(3)
);
create index sign_in_throttles_last_failed_at_idx on sign_in_throttles (last_failed_at);

create table mailed_links (
  id uuid primary key,
  purpose text not null constraint mailed_links_purpose_known check (purpose in ('PASSWORD_RESET', 'EMAIL_VERIFICATION')),
  user_id uuid not null references users (id) on update cascade on delete cascade,
  token_hash bytea,
  expires_at timestamptz(3) not null,
  redeemed_at timestamptz(3),
  used_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  constraint mailed_links_token_when_redeemed check ((token_hash is null) = (redeemed_at is null))
);
create unique index mailed_links_token_hash_key on mailed_links (token_hash);
create index mailed_links_user_id_purpose_created_at_idx on mailed_links (user_id, purpose, created_at);
create index mailed_links_expires_at_idx on mailed_links (expires_at);

create table addresses (
  id uuid primary key,
  user_id uuid not null references users (id) on update cascade on delete cascade,
  label text,
  name text not null,
  line1 text not null,
  line2 text,
  city text not null,
  state text not null,
  pincode text not null,
  country text not null,
  phone text not null,
  is_default boolean not null default false,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index addresses_user_id_created_at_idx on addresses (user_id, created_at);
create unique index addresses_one_default on addresses (user_id) where is_default;

create table businesses (
  id uuid primary key,
  tenant_id uuid not null,
  name text not null,
  is_active boolean not null default true,
  prices_include_tax boolean not null,
  default_tax_rate_bps integer not null constraint businesses_tax_rate check (default_tax_rate_bps between 0 and 10000),
  state text,
  shipping_fee_paise bigint not null constraint businesses_shipping_fee check (shipping_fee_paise >= 0),
  self_purchase_commission boolean not null,
  cash_on_delivery boolean not null,
  max_margin_bps integer not null constraint businesses_max_margin check (max_margin_bps between 0 and 1000000),
  version bigint not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
-- The business that nobody has to name. No event tells of it: every service knows these defaults from the contracts.
insert into businesses (id, tenant_id, name, prices_include_tax, default_tax_rate_bps, shipping_fee_paise,
  self_purchase_commission, cash_on_delivery, max_margin_bps)
values ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000000', 'Default business', true, 1800, 0,
  false, true, 20000);

create table audit_logs (
  id uuid primary key,
  business_id uuid not null,
  actor_id uuid not null,
  action text not null,
  subject_type text not null,
  subject_id text not null,
  before jsonb,
  after jsonb,
  reason text,
  occurred_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null default now()
);
create index audit_logs_occurred_at_id_idx on audit_logs (occurred_at, id);
create index audit_logs_actor_id_occurred_at_idx on audit_logs (actor_id, occurred_at);
create index audit_logs_subject_type_subject_id_occurred_at_idx on audit_logs (subject_type, subject_id, occurred_at);

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
