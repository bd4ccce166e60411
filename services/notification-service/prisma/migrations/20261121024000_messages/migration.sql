-- Copy of people's contact, fed by the auth service's events.
create table contacts (
  user_id uuid primary key,
  email text not null,
  first_name text,
  phone text,
  roles text[] not null,
  is_active boolean not null,
  business_id uuid,
  -- Version of the user's last event that was copied.
  version bigint not null,
  updated_at timestamptz(3) not null default now()
);
create index contacts_admins on contacts (user_id) where 'ADMIN' = any (roles);

create table preferences (
  user_id uuid not null,
  channel text not null check (channel in ('EMAIL', 'SMS', 'WHATSAPP')),
  category text not null check (category in ('ORDER', 'PAYMENT', 'COMMISSION', 'PAYOUT', 'ACCOUNT', 'STOCK')),
  enabled boolean not null,
  updated_at timestamptz(3) not null default now(),
  primary key (user_id, channel, category),
  -- Mails about the account itself are a matter of its safety.
  check (enabled or not (channel = 'EMAIL' and category = 'ACCOUNT'))
);

create table messages (
  id uuid primary key,
  event_id uuid not null,
  event_type text not null,
  business_id uuid not null,
  category text not null check (category in ('ORDER', 'PAYMENT', 'COMMISSION', 'PAYOUT', 'ACCOUNT', 'STOCK')),
  template text not null,
  channel text not null check (channel in ('EMAIL', 'SMS', 'WHATSAPP')),
  -- Who is meant, however the address was found: `user:<id>`, or a guest's address.
  recipient text not null,
  user_id uuid,
  -- Null while the contact is not known yet.
  address text,
  order_id uuid,
  content jsonb not null,
  -- A link that auth gives out once for the reference; a secret, gone from here when it was sent.
  link_purpose text check (link_purpose in ('PASSWORD_RESET', 'EMAIL_VERIFICATION')),
  link_reference text,
  link text,
  state text not null check (state in ('PENDING', 'RETRYING', 'SENT', 'FAILED', 'LOCAL', 'SUPPRESSED')),
  attempts int not null default 0 check (attempts >= 0),
  last_error text,
  -- When it may be tried (again); while it is being sent, when the lease ends.
  available_at timestamptz(3) not null default now(),
  -- Whose lease: a worker that comes back too late changes nothing.
  lease_id uuid,
  provider_message_id text,
  created_at timestamptz(3) not null default now(),
  sent_at timestamptz(3),
  check ((link_purpose is null) = (link_reference is null)),
  check ((state = 'SENT') = (sent_at is not null))
);
create unique index messages_event_id_recipient_channel_template_key on messages (event_id, recipient, channel, template);
create index messages_due on messages (channel, available_at) where state in ('PENDING', 'RETRYING');
create index messages_user_id_created_at_id_idx on messages (user_id, created_at, id);
create index messages_created_at_id_idx on messages (created_at, id);
create index messages_state_created_at_idx on messages (state, created_at);

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
