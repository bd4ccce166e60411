-- The customer of an order was deleted: what comes later is kept without them too.
alter table subject_accounts add column buyer_forgotten_at timestamptz(3);
create index subject_accounts_buyer_forgotten on subject_accounts (buyer_forgotten_at) where buyer_forgotten_at is not null;
-- All that came of an order is found by it, also of attempts that were never recorded.
create index webhook_events_razorpay_order_id_idx on webhook_events (razorpay_order_id);
