-- Businesses, as auth tells of them. The default business is always known: nobody has to name it.
CREATE TABLE "businesses" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "version" BIGINT NOT NULL,
    CONSTRAINT "businesses_pkey" PRIMARY KEY ("id")
);
INSERT INTO "businesses" ("id", "name", "is_active", "version")
VALUES ('00000000-0000-7000-8000-000000000001', 'Default business', true, 0);

CREATE TABLE "categories" (
    "id" UUID NOT NULL,
    "business_id" UUID NOT NULL,
    "parent_id" UUID,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "description" TEXT,
    "version" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "categories_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "categories_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "categories"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "categories_not_own_parent" CHECK ("parent_id" <> "id")
);
CREATE UNIQUE INDEX "categories_business_id_slug_key" ON "categories"("business_id", "slug");
CREATE INDEX "categories_parent_id_idx" ON "categories"("parent_id");

CREATE TABLE "products" (
    "id" UUID NOT NULL,
    "business_id" UUID NOT NULL,
    "category_id" UUID,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "description" TEXT,
    "sku" TEXT,
    "sku_words" TEXT NOT NULL DEFAULT '',
    "base_price_paise" BIGINT NOT NULL,
    "hsn" TEXT,
    "tax_rate_bps" INTEGER,
    "tags" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "low_stock_threshold" INTEGER NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),
    -- "simple" because names are in many languages and a prefix search on stems surprises people. What joins parts of a
    -- SKU or model number becomes a space here and in the query, or the parser would read "TS-10" as a word and minus ten.
    "search" tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', translate("name", '-_/.:@#+,&', '          ')), 'A') ||
        setweight(to_tsvector('simple', translate("sku_words", '-_/.:@#+,&', '          ')), 'B') ||
        setweight(to_tsvector('simple', translate(coalesce("description", ''), '-_/.:@#+,&', '          ')), 'C')
    ) STORED,
    CONSTRAINT "products_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "products_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "categories"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "products_price_check" CHECK ("base_price_paise" >= 0),
    CONSTRAINT "products_tax_rate_check" CHECK ("tax_rate_bps" BETWEEN 0 AND 10000),
    CONSTRAINT "products_threshold_check" CHECK ("low_stock_threshold" >= 0)
);
-- A slug is taken only while its product lives.
CREATE UNIQUE INDEX "products_business_id_slug_key" ON "products"("business_id", "slug") WHERE "deleted_at" IS NULL;
CREATE INDEX "products_slug_idx" ON "products"("slug") WHERE "deleted_at" IS NULL;
CREATE INDEX "products_category_id_idx" ON "products"("category_id");
CREATE INDEX "products_search_idx" ON "products" USING GIN ("search");
CREATE INDEX "products_tags_idx" ON "products" USING GIN ("tags");
-- One index per sort order of the public list.
CREATE INDEX "products_newest_idx" ON "products"("created_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "products_name_idx" ON "products"("name", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "products_price_idx" ON "products"("base_price_paise", "id") WHERE "deleted_at" IS NULL;

CREATE TABLE "variants" (
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "business_id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT,
    "price_paise" BIGINT NOT NULL,
    "mrp_paise" BIGINT,
    "weight_grams" INTEGER,
    "image_url" TEXT,
    "option_values" JSONB NOT NULL DEFAULT '[]',
    "option_key" TEXT NOT NULL DEFAULT '',
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "position" INTEGER NOT NULL DEFAULT 0,
    "stock" INTEGER NOT NULL DEFAULT 0,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "low_stock_threshold" INTEGER NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),
    CONSTRAINT "variants_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "variants_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "variants_price_check" CHECK ("price_paise" >= 0 AND "mrp_paise" >= 0),
    -- The last line of defence: whatever a statement forgets, stock that is not there cannot be sold or promised.
    CONSTRAINT "variants_stock_check" CHECK ("stock" >= 0 AND "reserved" >= 0 AND "reserved" <= "stock")
)
-- Stock changes touch no indexed column, so with room on the page they are HOT updates and leave the indexes alone.
WITH (fillfactor = 70);
CREATE UNIQUE INDEX "variants_product_id_option_key_key" ON "variants"("product_id", "option_key");
CREATE UNIQUE INDEX "variants_business_id_sku_key" ON "variants"("business_id", lower("sku")) WHERE "deleted_at" IS NULL;

CREATE TABLE "product_images" (
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "alt" TEXT,
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "product_images_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "product_images_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "product_images_product_id_position_idx" ON "product_images"("product_id", "position");
CREATE UNIQUE INDEX "product_images_one_primary" ON "product_images"("product_id") WHERE "is_primary";

CREATE TABLE "stock_movements" (
    "id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "delta" INTEGER NOT NULL,
    "stock_after" INTEGER NOT NULL,
    "reason" TEXT,
    "note" TEXT,
    "reference_type" TEXT NOT NULL,
    "reference_id" TEXT NOT NULL,
    "actor" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "stock_movements_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "stock_movements_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "variants"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "stock_movements_kind_check" CHECK ("kind" IN ('INITIAL', 'ADJUSTMENT', 'SALE', 'CANCELLATION', 'RETURN')),
    CONSTRAINT "stock_movements_delta_check" CHECK ("delta" <> 0 AND "stock_after" >= 0)
);
CREATE INDEX "stock_movements_variant_id_id_idx" ON "stock_movements"("variant_id", "id");

CREATE FUNCTION "refuse_stock_movement_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock_movements is append only: correct a movement by another one';
END $$;
CREATE TRIGGER "stock_movements_append_only" BEFORE UPDATE OR DELETE ON "stock_movements"
    FOR EACH ROW EXECUTE FUNCTION "refuse_stock_movement_change"();

CREATE TABLE "reservations" (
    "id" UUID NOT NULL,
    "owner_type" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "is_cancelled" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT,
    "version" BIGINT NOT NULL DEFAULT 1,
    "reserved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3),
    CONSTRAINT "reservations_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "reservations_status_check" CHECK ("status" IN ('RESERVED', 'CONVERTED', 'RELEASED', 'RESTOCKED', 'CONVERSION_FAILED', 'TOMBSTONE'))
);
CREATE UNIQUE INDEX "reservations_owner_type_owner_id_key" ON "reservations"("owner_type", "owner_id");
-- Small, whatever the history: what the safety net looks through.
CREATE INDEX "reservations_live_idx" ON "reservations"("reserved_at") WHERE "status" = 'RESERVED';

CREATE TABLE "reservation_lines" (
    "reservation_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "returned_quantity" INTEGER NOT NULL DEFAULT 0,
    "restocked_quantity" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "reservation_lines_pkey" PRIMARY KEY ("reservation_id", "variant_id"),
    CONSTRAINT "reservation_lines_reservation_id_fkey" FOREIGN KEY ("reservation_id") REFERENCES "reservations"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "reservation_lines_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "variants"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "reservation_lines_quantity_check" CHECK ("quantity" > 0 AND "returned_quantity" >= 0 AND "restocked_quantity" BETWEEN 0 AND "quantity")
);

-- Shared tables, the same in every service.
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
