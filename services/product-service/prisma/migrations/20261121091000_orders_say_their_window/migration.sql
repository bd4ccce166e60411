-- The order service says until when an order waits; it alone knows the settings of its business.
ALTER TABLE "businesses" DROP COLUMN "payment_window_minutes";
