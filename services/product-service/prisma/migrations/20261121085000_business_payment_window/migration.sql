-- How long the business gives a customer to pay; null: as the platform is set, or not heard of yet.
ALTER TABLE "businesses" ADD COLUMN "payment_window_minutes" INTEGER;
