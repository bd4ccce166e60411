-- What analytics sums up, so that a range of time is read from the index alone. Written once for each capture and refund.
create index payments_captured on payments (captured_at, business_id)
  include (provider, method, settles, captured_paise, fee_paise, fee_tax_paise) where captured_at is not null;
create index refunds_processed on refunds (processed_at, business_id)
  include (amount_paise, settles_order, payment_id) where processed_at is not null;
