-- Whose account a guest's order has joined. Kept here too for payments that are made after it was told.
alter table subject_accounts add column user_id uuid;
