create table wallets (
  id uuid primary key,
  seller_id uuid not null,
  business_id uuid not null,
  currency text not null default 'INR' check (currency = 'INR'),
  -- Commission earned less what was taken back: the sum of what the seller's commissions have posted.
  total_earnings_paise bigint not null default 0 check (total_earnings_paise >= 0),
  -- Version of the user's last event that was copied; null while the wallet is known from a commission alone.
  user_version bigint,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create unique index wallets_seller_id_key on wallets (seller_id);
create index wallets_created_at_id_idx on wallets (created_at, id);

create table accounts (
  id uuid primary key,
  -- The seller, or the platform (00000000-0000-7000-8000-000000000002).
  owner_id uuid not null,
  kind text not null check (kind in (
    'PENDING', 'AVAILABLE', 'PAYOUT_IN_TRANSIT', 'RECEIVABLE',
    'COMMISSION_EXPENSE', 'PAYOUT_CLEARING', 'ADJUSTMENT_EXPENSE'
  )),
  asset text not null default 'INR',
  may_go_below_zero boolean not null,
  -- Null on the platform's hot accounts: every sale would wait for one row. Their balance is summed when asked for.
  balance_paise bigint,
  created_at timestamptz(3) not null default now(),
  check (balance_paise >= 0 or may_go_below_zero),
  -- What a seller owes is a debit balance; a credit balance belongs in AVAILABLE.
  check (kind <> 'RECEIVABLE' or balance_paise <= 0)
);
create unique index accounts_owner_id_kind_asset_key on accounts (owner_id, kind, asset);
create unique index accounts_id_asset_key on accounts (id, asset);

create table journals (
  id uuid primary key,
  type text not null check (type in (
    'COMMISSION_CREATED', 'COMMISSION_UNLOCKED', 'COMMISSION_RELEASED', 'COMMISSION_CLAWED_BACK',
    'PAYOUT_REQUESTED', 'PAYOUT_COMPLETED', 'PAYOUT_RETURNED', 'ADJUSTMENT'
  )),
  -- Deterministic, so that the same thing cannot be posted twice whatever else goes wrong.
  reference text not null,
  description text not null,
  order_id uuid,
  payout_id uuid,
  reverses uuid references journals (id) on update cascade on delete restrict,
  actor text,
  created_at timestamptz(3) not null default now()
);
create unique index journals_reference_key on journals (reference);
create index journals_order_id_idx on journals (order_id);
create index journals_payout_id_idx on journals (payout_id);

create table entries (
  id uuid primary key,
  -- Taken while the account's row is locked: per account, this is the order in which balances changed.
  seq bigint generated always as identity,
  journal_id uuid not null references journals (id) on update cascade on delete restrict,
  account_id uuid not null,
  owner_id uuid not null,
  asset text not null,
  -- Credits are positive, debits negative.
  amount_paise bigint not null check (amount_paise <> 0),
  balance_before_paise bigint,
  balance_after_paise bigint,
  -- What the seller is shown as the transaction; the other legs say where the money came from.
  is_principal boolean not null,
  created_at timestamptz(3) not null default now(),
  foreign key (account_id, asset) references accounts (id, asset) on update cascade on delete restrict,
  check ((balance_before_paise is null) = (balance_after_paise is null)),
  check (balance_after_paise = balance_before_paise + amount_paise)
);
create unique index entries_account_id_seq_key on entries (account_id, seq);
create index entries_owner_id_seq_idx on entries (owner_id, seq) where is_principal;
create index entries_journal_id_idx on entries (journal_id);

-- The ledger is append-only: a mistake is put right by another journal.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger journals_append_only before update or delete or truncate on journals
  for each statement execute function refuse_change();
create trigger entries_append_only before update or delete or truncate on entries
  for each statement execute function refuse_change();

-- Debit = credit per journal and asset, checked at commit, whichever code wrote it.
create function require_balanced_journal() returns trigger language plpgsql as $$
declare
  checked_journal uuid;
begin
  if tg_table_name = 'journals' then
    checked_journal := new.id;
  else
    checked_journal := new.journal_id;
  end if;
  if not exists (select 1 from entries where journal_id = checked_journal) then
    raise exception 'journal % has no entries', checked_journal using errcode = 'check_violation';
  end if;
  if exists (select 1 from entries where journal_id = checked_journal group by asset having sum(amount_paise) <> 0) then
    raise exception 'journal % does not balance', checked_journal using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger journals_balance after insert on journals
  deferrable initially deferred for each row execute function require_balanced_journal();
create constraint trigger entries_balance after insert on entries
  deferrable initially deferred for each row execute function require_balanced_journal();

-- One row of facts per order; each event sets its own, and the difference to what was posted is posted.
create table commissions (
  order_id uuid primary key,
  order_number text not null,
  business_id uuid not null,
  seller_id uuid not null,
  commission_paise bigint not null check (commission_paise > 0),
  order_total_paise bigint not null check (order_total_paise >= 0),
  locked_at timestamptz(3),
  delivered_at timestamptz(3),
  -- When the hold after delivery ends, and when somebody saw that it had ended.
  unlocks_at timestamptz(3),
  unlocked_at timestamptz(3),
  cancelled_at timestamptz(3),
  refunded_paise bigint not null default 0 check (refunded_paise >= 0),
  posted_pending_paise bigint not null default 0 check (posted_pending_paise >= 0),
  posted_available_paise bigint not null default 0 check (posted_available_paise >= 0),
  -- How many journals were posted: the next one's reference is `commission:<order>:<postings + 1>`.
  postings int not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  check ((delivered_at is null) = (unlocks_at is null)),
  check (posted_pending_paise + posted_available_paise <= commission_paise)
);
create index commissions_seller_id_idx on commissions (seller_id);
create index commissions_on_hold on commissions (unlocks_at) where unlocked_at is null and unlocks_at is not null;

create table payouts (
  id uuid primary key,
  seller_id uuid not null,
  business_id uuid not null,
  amount_paise bigint not null check (amount_paise > 0),
  currency text not null default 'INR' check (currency = 'INR'),
  status text not null check (status in ('PENDING', 'APPROVED', 'COMPLETED', 'REJECTED', 'FAILED', 'REVERSED')),
  bank_account text,
  notes text,
  -- What the administrator says about the last decision, and the transfer's reference at the bank.
  admin_notes text,
  reference text,
  requested_by uuid not null,
  decided_by uuid,
  decided_at timestamptz(3),
  version bigint not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- Nobody decides on their own payout.
  check (decided_by not in (seller_id, requested_by)),
  check ((status = 'PENDING') = (decided_by is null)),
  check ((decided_by is null) = (decided_at is null))
);
create index payouts_seller_id_created_at_id_idx on payouts (seller_id, created_at, id);
create index payouts_status_created_at_id_idx on payouts (status, created_at, id);

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

-- The platform's side of every movement.
insert into accounts (id, owner_id, kind, may_go_below_zero) values
  ('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000002', 'COMMISSION_EXPENSE', true),
  ('00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000002', 'PAYOUT_CLEARING', true),
  ('00000000-0000-7000-8000-000000000013', '00000000-0000-7000-8000-000000000002', 'ADJUSTMENT_EXPENSE', true);
