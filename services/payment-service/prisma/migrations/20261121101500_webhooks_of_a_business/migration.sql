-- Whose payment a webhook is about; null where it is about none that we know. An administrator of one business lists by it.
alter table webhook_events add column business_id uuid;
update webhook_events w set business_id = p.business_id from payments p where p.id = coalesce(
  (select payment_id from payment_attempts t where t.razorpay_payment_id = w.razorpay_payment_id),
  (select holder.id from payments holder where holder.razorpay_order_id = w.razorpay_order_id and holder.holds_razorpay_order));
create index webhook_events_business_id_received_at_id_idx on webhook_events (business_id, received_at, id);
