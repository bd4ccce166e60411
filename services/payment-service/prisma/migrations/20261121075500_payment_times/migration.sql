-- When a payment came to be what it is, as its record shows it.
alter table payments
  add column authorized_at timestamptz(3),
  add column failed_at timestamptz(3),
  add column refunded_at timestamptz(3),
  -- Of the latest refund, asked for or made.
  add column refund_reason text;

update payments set
  authorized_at = case when provider = 'RAZORPAY' then captured_at end,
  failed_at = case when status = 'FAILED' then updated_at end,
  refunded_at = (select max(processed_at) from refunds where refunds.payment_id = payments.id),
  refund_reason = (
    select reason from refunds where refunds.payment_id = payments.id order by refunds.created_at desc, refunds.id desc limit 1)
where captured_at is not null or status = 'FAILED';

-- What lists of payments filter and sort by.
create index payments_business_id_created_at_id_idx on payments (business_id, created_at, id);
create index payments_order_number_idx on payments (order_number);
create index payments_razorpay_order_id_idx on payments (razorpay_order_id);
create index payments_amount_paise_id_idx on payments (amount_paise, id);
