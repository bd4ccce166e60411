-- One row for each thing that is paid for. Capture and cancellation lock it first, so that one of them is second and
-- knows it: the second one starts the refund. Its version orders the events about the subject.
create table subject_accounts (
  subject_id uuid primary key,
  subject_type text not null default 'ORDER' check (subject_type = 'ORDER'),
  version bigint not null default 0,
  settling_payment_id uuid,
  failed_attempts int not null default 0 check (failed_attempts >= 0),
  -- The tombstone: from here on whatever is captured goes back.
  closed_at timestamptz(3),
  closed_reason text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check ((closed_at is null) = (closed_reason is null))
);

create table payments (
  id uuid primary key,
  subject_type text not null default 'ORDER' check (subject_type = 'ORDER'),
  subject_id uuid not null references subject_accounts (subject_id),
  order_number text not null,
  business_id uuid not null,
  user_id uuid,
  provider text not null check (provider in ('RAZORPAY', 'OFFLINE', 'COD', 'NONE')),
  status text not null check (status in (
    'PENDING', 'PROCESSING', 'SUCCESS', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'INTEGRITY_FAILED'
  )),
  -- Razorpay's own word.
  gateway_status text,
  amount_paise bigint not null check (amount_paise >= 0),
  currency text not null default 'INR',
  method text,
  -- May still be paid: asking for a payment of this subject again gives this one.
  is_open boolean not null,
  settles boolean not null default false,
  receipt text,
  razorpay_order_id text,
  -- False on further captures of the same Razorpay order: each has a row of its own, because each is refunded by itself.
  holds_razorpay_order boolean not null default false,
  -- The latest attempt until something is captured, then what was captured.
  razorpay_payment_id text,
  -- Who is making the Razorpay order just now, and until when that is believed.
  lease_token uuid,
  lease_until timestamptz(3),
  captured_paise bigint not null default 0,
  -- Every refund that is not called off, whatever its state: what is left can be refunded.
  refund_committed_paise bigint not null default 0,
  refunded_paise bigint not null default 0,
  fee_paise bigint,
  fee_tax_paise bigint,
  failure_reason text,
  recorded_by uuid,
  notes text,
  -- The order as it stood when the payment was made; events carry it.
  snapshot jsonb not null,
  reconcile_at timestamptz(3),
  reconcile_attempts int not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  captured_at timestamptz(3),
  check (0 <= refunded_paise and refunded_paise <= refund_committed_paise and refund_committed_paise <= captured_paise),
  check (captured_at is not null or captured_paise = 0),
  check (not settles or captured_at is not null),
  check (not (is_open and captured_at is not null)),
  check (not holds_razorpay_order or razorpay_order_id is not null)
);
create unique index payments_one_settling_per_subject on payments (subject_id) where settles;
create unique index payments_one_open_per_subject on payments (subject_id) where is_open;
create unique index payments_one_holder_per_razorpay_order on payments (razorpay_order_id) where holds_razorpay_order;
create unique index payments_razorpay_payment_id_key on payments (razorpay_payment_id);
create unique index payments_receipt_key on payments (receipt);
create index payments_subject_id_created_at_idx on payments (subject_id, created_at);
create index payments_user_id_created_at_id_idx on payments (user_id, created_at, id);
create index payments_created_at_id_idx on payments (created_at, id);
create index payments_status_created_at_id_idx on payments (status, created_at, id);
create index payments_reconcile_due on payments (reconcile_at) where reconcile_at is not null;
alter table subject_accounts add foreign key (settling_payment_id) references payments (id);

-- Every try of a customer to pay, by Razorpay's id. A failed one may still be authorized and captured days later.
create table payment_attempts (
  razorpay_payment_id text primary key,
  payment_id uuid not null references payments (id),
  status text not null check (status in ('created', 'failed', 'authorized', 'captured', 'refunded')),
  amount_paise bigint not null check (amount_paise >= 0),
  currency text not null,
  method text,
  failure_reason text,
  -- When we capture it ourselves, because nobody else did.
  capture_due_at timestamptz(3),
  capture_tries int not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index payment_attempts_payment_id_idx on payment_attempts (payment_id);
create index payment_attempts_capture_due on payment_attempts (capture_due_at) where capture_due_at is not null;

create sequence refund_numbers;
create table refunds (
  id uuid primary key,
  refund_number text not null default
    'REF-' || to_char(now() at time zone 'Asia/Kolkata', 'YYYY') || '-' || lpad(nextval('refund_numbers')::text, 6, '0'),
  payment_id uuid not null references payments (id),
  subject_id uuid not null,
  business_id uuid not null,
  user_id uuid,
  -- Why, in a word that is the same however often it is asked for: this makes a refund happen once.
  cause text not null,
  reason text not null,
  amount_paise bigint not null check (amount_paise >= 0),
  currency text not null,
  status text not null check (status in (
    'REQUESTED', 'PENDING', 'FAILED_RETRYING', 'PROCESSED', 'NEEDS_OTHER_MEANS', 'CALLED_OFF'
  )),
  -- False where the money never settled the order: then only the customer is told.
  settles_order boolean not null,
  origin text not null check (origin in ('PLATFORM', 'DASHBOARD')),
  razorpay_refund_id text,
  -- Part of the idempotency key: a refund that Razorpay itself failed is tried under a new one.
  round int not null default 1 check (round > 0),
  tries int not null default 0,
  -- How often Razorpay said no; outages do not count.
  refusals int not null default 0,
  next_try_at timestamptz(3),
  lease_until timestamptz(3),
  last_error text,
  lines jsonb,
  notes jsonb,
  requested_by uuid,
  -- How it reached the customer where not through Razorpay: a bank reference, a voucher.
  other_means text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  processed_at timestamptz(3),
  check ((status = 'PROCESSED') = (processed_at is not null)),
  check (amount_paise > 0 or status = 'CALLED_OFF')
);
create unique index refunds_refund_number_key on refunds (refund_number);
create unique index refunds_payment_id_cause_key on refunds (payment_id, cause);
create unique index refunds_razorpay_refund_id_key on refunds (razorpay_refund_id);
create index refunds_subject_id_idx on refunds (subject_id);
create index refunds_user_id_created_at_id_idx on refunds (user_id, created_at, id);
create index refunds_created_at_id_idx on refunds (created_at, id);
create index refunds_due on refunds (next_try_at) where next_try_at is not null;

-- A return that was told before the cash it gives back was: waits for the capture. Events arrive in any order.
create table awaited_refunds (
  subject_id uuid not null,
  cause text not null,
  amount_paise bigint not null check (amount_paise > 0),
  reason text not null,
  created_at timestamptz(3) not null default now(),
  primary key (subject_id, cause)
);

create table webhook_events (
  id uuid primary key,
  -- Razorpay's x-razorpay-event-id, or the hash of the body where it is missing.
  event_key text not null,
  event_type text not null,
  razorpay_order_id text,
  razorpay_payment_id text,
  razorpay_refund_id text,
  -- As it came: JSON in text may hold what jsonb refuses.
  body text not null,
  received_at timestamptz(3) not null default now(),
  processed_at timestamptz(3),
  outcome text,
  tries int not null default 0,
  next_try_at timestamptz(3),
  last_error text,
  check ((processed_at is null) = (outcome is null))
);
create unique index webhook_events_event_key_key on webhook_events (event_key);
create index webhook_events_received_at_id_idx on webhook_events (received_at, id);
create index webhook_events_razorpay_payment_id_idx on webhook_events (razorpay_payment_id);
create index webhook_events_due on webhook_events (next_try_at) where processed_at is null and next_try_at is not null;

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
