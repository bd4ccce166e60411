-- CreateTable
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "order_number" TEXT NOT NULL,
    "business_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID,
    "customer_id" UUID,
    "seller_id" UUID,
    "share_link_id" UUID,
    "buyer_name" TEXT,
    "buyer_email" TEXT,
    "buyer_phone" TEXT,
    "shipping_address" JSONB NOT NULL,
    "payment_method" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "prices_include_tax" BOOLEAN NOT NULL,
    "subtotal_paise" BIGINT NOT NULL,
    "discount_paise" BIGINT NOT NULL,
    "tax_paise" BIGINT NOT NULL,
    "shipping_paise" BIGINT NOT NULL,
    "total_paise" BIGINT NOT NULL,
    "commission_paise" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "payment_status" TEXT NOT NULL,
    "fulfillment_status" TEXT NOT NULL,
    "payment_expires_at" TIMESTAMPTZ(3),
    "failed_attempts" INTEGER NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "payment_id" UUID,
    "refunded_paise" BIGINT NOT NULL,
    "carrier" TEXT,
    "tracking_number" TEXT,
    "tracking_url" TEXT,
    "shipped_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "cancelled_by" TEXT,
    "cancel_reason" TEXT,
    "returned_at" TIMESTAMPTZ(3),
    "notes" TEXT,
    "source" TEXT,
    "order_type" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "expiry_leased_until" TIMESTAMPTZ(3),

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_lines" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "product_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "variant_name" TEXT,
    "image_url" TEXT,
    "hsn" TEXT,
    "mrp_paise" BIGINT,
    "quantity" INTEGER NOT NULL,
    "base_price_paise" BIGINT NOT NULL,
    "unit_price_paise" BIGINT NOT NULL,
    "subtotal_paise" BIGINT NOT NULL,
    "discount_paise" BIGINT NOT NULL,
    "tax_rate_bps" INTEGER NOT NULL,
    "tax_paise" BIGINT NOT NULL,
    "cgst_paise" BIGINT NOT NULL,
    "sgst_paise" BIGINT NOT NULL,
    "igst_paise" BIGINT NOT NULL,
    "total_paise" BIGINT NOT NULL,
    "commission_paise" BIGINT NOT NULL,
    "fulfilled_quantity" INTEGER NOT NULL,
    "returned_quantity" INTEGER NOT NULL,
    "refunded_quantity" INTEGER NOT NULL,

    CONSTRAINT "order_lines_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_history" (
    "order_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "what" TEXT NOT NULL,
    "from_status" TEXT,
    "to_status" TEXT NOT NULL,
    "actor_role" TEXT NOT NULL,
    "actor_id" TEXT,
    "reason" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_history_pkey" PRIMARY KEY ("order_id","version")
);

-- CreateTable
CREATE TABLE "share_link_copies" (
    "id" UUID NOT NULL,
    "version" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "heard_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "share_link_copies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_copies" (
    "id" UUID NOT NULL,
    "version" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "heard_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_copies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "business_copies" (
    "id" UUID NOT NULL,
    "version" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "heard_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "business_copies_pkey" PRIMARY KEY ("id")
);

-- The tables that every service has: see libs/messaging and libs/http.
create table outbox (id uuid primary key, seq bigint generated always as identity, aggregate_type text not null, aggregate_id text not null, aggregate_version bigint not null, type text not null, version int not null,
  business_id uuid, payload jsonb not null, headers jsonb not null default '{}', occurred_at timestamptz not null, attempts int not null default 0, available_at timestamptz, last_error text, parked_at timestamptz, published_at timestamptz);
create index outbox_unpublished on outbox (seq) where published_at is null and parked_at is null;
create index outbox_occurred on outbox (occurred_at);
create table inbox (consumer text not null, event_id uuid not null, handled_at timestamptz not null default now(), primary key (consumer, event_id));
create index inbox_handled on inbox (handled_at);
create table idempotency_keys (principal text not null, route text not null, key text not null, request_hash text not null, subject_id uuid not null, lease_until timestamptz not null, status int, response jsonb, created_at timestamptz not null default now(), primary key (principal, route, key));
create index idempotency_keys_created on idempotency_keys (created_at);

-- CreateIndex
CREATE UNIQUE INDEX "orders_order_number_key" ON "orders"("order_number");

-- CreateIndex
CREATE INDEX "orders_created" ON "orders"("created_at", "id");

-- CreateIndex
CREATE INDEX "orders_of_business" ON "orders"("business_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "orders_of_user" ON "orders"("user_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "orders_of_seller" ON "orders"("seller_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "orders_by_status" ON "orders"("status", "created_at", "id");

-- CreateIndex
CREATE INDEX "orders_by_payment_status" ON "orders"("payment_status", "created_at", "id");

-- CreateIndex
CREATE INDEX "orders_by_fulfillment_status" ON "orders"("fulfillment_status", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "order_lines_order_id_position_key" ON "order_lines"("order_id", "position");

-- AddForeignKey
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_history" ADD CONSTRAINT "order_history_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Only orders that wait for money can expire; the job asks for nothing else.
create index orders_expiring on orders (payment_expires_at) where status = 'PENDING';

-- Guest orders, found when an account verifies their address.
create index orders_of_guests on orders (buyer_email) where user_id is null;

-- What must hold of every row, whatever the code above it does.
alter table orders
  add constraint orders_status check (status in ('PENDING', 'PAID', 'CONFIRMED', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'RETURNED')),
  add constraint orders_payment_status check (payment_status in ('PENDING', 'PAID', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED')),
  add constraint orders_fulfillment_status check (fulfillment_status in ('UNFULFILLED', 'PARTIALLY_FULFILLED', 'FULFILLED')),
  add constraint orders_payment_method check (payment_method in ('RAZORPAY', 'COD', 'OFFLINE')),
  add constraint orders_amounts check (least(subtotal_paise, discount_paise, tax_paise, shipping_paise, total_paise, commission_paise, refunded_paise) >= 0),
  add constraint orders_total check (total_paise = subtotal_paise - discount_paise + shipping_paise + case when prices_include_tax then 0 else tax_paise end),
  add constraint orders_payment check ((paid_at is null) = (payment_id is null)),
  add constraint orders_paid check (status <> 'PAID' or paid_at is not null),
  add constraint orders_cancelled check ((status = 'CANCELLED') = (cancelled_at is not null));
alter table order_lines
  add constraint order_lines_quantity check (quantity > 0),
  add constraint order_lines_quantities check (least(fulfilled_quantity, returned_quantity, refunded_quantity) >= 0
    and greatest(fulfilled_quantity, returned_quantity, refunded_quantity) <= quantity),
  add constraint order_lines_amounts check (least(base_price_paise, unit_price_paise, subtotal_paise, discount_paise, tax_paise, total_paise, commission_paise) >= 0),
  add constraint order_lines_tax check (tax_paise = cgst_paise + sgst_paise + igst_paise);

-- ORD-2026-000123: a sequence per year, made by the year's first order. Sequences take no lock that waits for another
-- order's transaction; the numbers of refused orders are lost, which is allowed (invoices have their own, without gaps).
create function next_order_number(placed_at timestamptz) returns text language plpgsql as $$
declare
  year text := to_char(placed_at at time zone 'UTC', 'YYYY');
  sequence_name text := 'order_numbers_' || year;
  number text;
begin
  if to_regclass(sequence_name) is null then
    perform pg_advisory_xact_lock(hashtext(sequence_name));
    execute format('create sequence if not exists %I', sequence_name);
  end if;
  number := nextval(sequence_name::regclass)::text;
  return 'ORD-' || year || '-' || lpad(number, greatest(6, length(number)), '0');
end
$$;
