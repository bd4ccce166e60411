-- Lists of an administrator of one business, newest first.
create index audit_logs_business_id_occurred_at_id_idx on audit_logs (business_id, occurred_at, id);
