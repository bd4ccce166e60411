-- What was compared with Razorpay, and what came of it. An administrator's run works a stretch of payments batch by batch;
-- the schedule has one run a day and business, to which it adds as payments fall due.
create table reconciliation_runs (
  id uuid primary key,
  origin text not null check (origin in ('ADMIN', 'SCHEDULE')),
  -- Whose payments; null: everybody's.
  business_id uuid,
  requested_by uuid,
  scope text not null check (scope in ('OPEN', 'ORDER', 'PAYMENT', 'RANGE')),
  subject_id uuid,
  payment_id uuid,
  from_at timestamptz(3),
  to_at timestamptz(3),
  for_day date,
  status text not null check (status in ('RUNNING', 'DONE')),
  -- The last payment that is done: whoever takes the run over goes on behind it.
  reached_id uuid,
  checked int not null default 0,
  lease_token uuid,
  lease_until timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  check ((status = 'DONE') = (finished_at is not null)),
  check ((origin = 'SCHEDULE') = (for_day is not null))
);
-- Who asks for what is running already gets that run.
create unique index reconciliation_runs_running on reconciliation_runs (
  scope, coalesce(business_id::text, ''), coalesce(subject_id::text, ''), coalesce(payment_id::text, ''),
  coalesce(from_at, '-infinity'), coalesce(to_at, 'infinity')) where status = 'RUNNING' and origin = 'ADMIN';
create unique index reconciliation_runs_day on reconciliation_runs (business_id, for_day) where origin = 'SCHEDULE';
create index reconciliation_runs_due on reconciliation_runs (lease_until) where status = 'RUNNING' and origin = 'ADMIN';
create index reconciliation_runs_created_at_id_idx on reconciliation_runs (created_at, id);

create table reconciliation_items (
  id uuid primary key,
  run_id uuid not null references reconciliation_runs (id),
  payment_id uuid not null references payments (id),
  kind text not null,
  -- REPAIRED: our records were behind. REPORTED: a person should look. NOT_ASKED: Razorpay did not answer.
  outcome text not null check (outcome in ('REPAIRED', 'REPORTED', 'NOT_ASKED')),
  detail text not null,
  razorpay_payment_id text,
  razorpay_refund_id text,
  our_status text,
  gateway_status text,
  our_paise bigint,
  gateway_paise bigint,
  created_at timestamptz(3) not null default now()
);
-- The same finding once a run, however often its payment is looked at.
create unique index reconciliation_items_finding on reconciliation_items (
  run_id, payment_id, kind, coalesce(razorpay_payment_id, ''), coalesce(razorpay_refund_id, ''));
create index reconciliation_items_run_id_id_idx on reconciliation_items (run_id, id);
