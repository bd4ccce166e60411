-- Lists of an administrator of one business, newest first.
create index refunds_business_id_created_at_id_idx on refunds (business_id, created_at, id);

-- Refunds are of amounts: nothing was ever written here.
alter table refunds drop column lines;
