-- A CSV file that an administrator sent: its rows wait here and are applied by a leased worker, each once.
CREATE TABLE "imports" (
    "id" UUID NOT NULL,
    "business_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "rows_total" INTEGER NOT NULL DEFAULT 0,
    "rows_applied" INTEGER NOT NULL DEFAULT 0,
    "rows_unchanged" INTEGER NOT NULL DEFAULT 0,
    "rows_failed" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    -- Who works on it; a process that lost the lease finds another one here and stops. To the microsecond: rounded to the
    -- next millisecond, a lease that was let go would still hold for a moment.
    "lease" UUID,
    "leased_until" TIMESTAMPTZ(6),
    -- Since the last batch that was applied.
    "attempts" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "imports_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "imports_kind_check" CHECK ("kind" IN ('PRODUCTS', 'STOCK')),
    CONSTRAINT "imports_state_check" CHECK ("state" IN ('RECEIVING', 'QUEUED', 'RUNNING', 'COMPLETED', 'FAILED'))
);
CREATE INDEX "imports_business_id_id_idx" ON "imports"("business_id", "id");
CREATE INDEX "imports_created_at_idx" ON "imports"("created_at");
CREATE INDEX "imports_open_idx" ON "imports"("created_at") WHERE "state" IN ('QUEUED', 'RUNNING');

CREATE TABLE "import_rows" (
    "import_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    -- The SKU in lower case: a file names each once.
    "sku_key" TEXT NOT NULL,
    "cells" JSONB NOT NULL,
    -- Null until the row has been worked on.
    "outcome" TEXT,
    "errors" JSONB,
    CONSTRAINT "import_rows_pkey" PRIMARY KEY ("import_id", "line"),
    CONSTRAINT "import_rows_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "import_rows_outcome_check" CHECK ("outcome" IN ('APPLIED', 'UNCHANGED', 'FAILED'))
);
CREATE INDEX "import_rows_import_id_sku_key_idx" ON "import_rows"("import_id", "sku_key");
CREATE INDEX "import_rows_pending_idx" ON "import_rows"("import_id", "line") WHERE "outcome" IS NULL;
CREATE INDEX "import_rows_failed_idx" ON "import_rows"("import_id", "line") WHERE "outcome" = 'FAILED';
