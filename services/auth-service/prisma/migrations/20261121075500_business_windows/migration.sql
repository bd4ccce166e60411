ALTER TABLE "businesses"
  ADD COLUMN "payment_window_minutes" INTEGER,
  ADD COLUMN "payment_failure_policy" TEXT,
  ADD COLUMN "return_window_days" INTEGER NOT NULL DEFAULT 7;

ALTER TABLE "businesses"
  ADD CONSTRAINT "businesses_payment_window_check" CHECK ("payment_window_minutes" BETWEEN 1 AND 1440),
  ADD CONSTRAINT "businesses_failure_policy_check" CHECK ("payment_failure_policy" IN ('KEEP', 'CANCEL')),
  ADD CONSTRAINT "businesses_return_window_check" CHECK ("return_window_days" BETWEEN 0 AND 365);
