-- Lists of an administrator of one business, newest first.
create index payouts_business_id_created_at_id_idx on payouts (business_id, created_at, id);
create index wallets_business_id_created_at_id_idx on wallets (business_id, created_at, id);
