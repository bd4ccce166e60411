create table tenants (
  id uuid primary key,
  name text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index tenants_created_at_id_idx on tenants (created_at, id);
insert into tenants (id, name) values ('00000000-0000-7000-8000-000000000000', 'Default tenant');

alter table businesses add constraint businesses_tenant_id_fkey foreign key (tenant_id) references tenants (id);
create index businesses_tenant_id_idx on businesses (tenant_id);

-- No foreign keys to businesses and users: customers are also made from events, which no order of arrival may refuse.
create table customers (
  id uuid primary key,
  business_id uuid not null,
  tenant_id uuid not null,
  user_id uuid,
  name text,
  phone text constraint customers_phone_e164 check (phone ~ '^\+[1-9]\d{6,14}$'),
  email text,
  whatsapp_number text constraint customers_whatsapp_number_e164 check (whatsapp_number ~ '^\+[1-9]\d{6,14}$'),
  source text not null,
  notes text,
  total_orders integer not null default 0,
  total_spent_paise bigint not null default 0,
  last_order_at timestamptz(3),
  engagement_score integer not null default 10,
  version bigint not null default 1,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint customers_engagement_bounded check (engagement_score between 0 and 100),
  constraint customers_figures check (total_orders >= 0 and total_spent_paise >= 0
    and (total_orders = 0) = (last_order_at is null)),
  constraint customers_deleted_are_nobody check (deleted_at is null
    or (name is null and phone is null and email is null and whatsapp_number is null and notes is null and user_id is null))
);
create unique index customers_business_id_phone_key on customers (business_id, phone) where phone is not null;
create unique index customers_business_id_user_id_key on customers (business_id, user_id) where user_id is not null;
create index customers_business_id_created_at_id_idx on customers (business_id, created_at, id);
create index customers_business_id_total_spent_paise_id_idx on customers (business_id, total_spent_paise, id);
create index customers_business_id_total_orders_id_idx on customers (business_id, total_orders, id);
-- Who never ordered sorts as if that were longest ago.
create index customers_last_order on customers (business_id, coalesce(last_order_at, timestamptz '-infinity'), id);
create index customers_business_id_engagement_score_id_idx on customers (business_id, engagement_score, id);

-- What is known of one order; each event sets its own fact. The customer's figures are the sum of these rows.
create table customer_order_facts (
  order_id uuid primary key,
  business_id uuid not null,
  customer_id uuid references customers (id),
  paid_at timestamptz(3),
  total_paise bigint not null constraint customer_order_facts_total check (total_paise >= 0),
  refunded_paise bigint not null default 0 constraint customer_order_facts_refunded check (refunded_paise >= 0),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index customer_order_facts_customer_id_idx on customer_order_facts (customer_id);

create table customer_engagement_changes (
  id uuid primary key,
  customer_id uuid not null references customers (id) on delete cascade,
  before integer not null,
  after integer not null,
  reason text,
  actor text not null,
  order_id uuid,
  occurred_at timestamptz(3) not null default now()
);
create index customer_engagement_changes_customer_id_occurred_at_id_idx
  on customer_engagement_changes (customer_id, occurred_at, id);
