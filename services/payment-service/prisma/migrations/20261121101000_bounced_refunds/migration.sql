-- Razorpay may fail a refund that it had said was processed. Then it is owed again, and what was told of it stays told.
alter table refunds add column bounces int not null default 0 check (bounces >= 0);
alter table payments
  -- Of the refunds that are owed: what was told to be with the customer and came back.
  add column bounced_paise bigint not null default 0,
  -- Razorpay's refunds of it that failed. Failed is their last state, so other news of them is older.
  add column failed_refund_ids text[] not null default '{}',
  add check (0 <= bounced_paise and bounced_paise <= refund_committed_paise - refunded_paise);
