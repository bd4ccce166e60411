-- Lists of an administrator of one business, newest first.
create index messages_business_id_created_at_id_idx on messages (business_id, created_at, id);
