-- How much of what we owed a refund in the dashboard took over when it was imported. If it fails, that is owed again.
alter table refunds add column replaces_paise bigint not null default 0 check (replaces_paise >= 0);
