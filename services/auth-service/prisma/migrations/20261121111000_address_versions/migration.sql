alter table addresses add column version bigint not null default 1;
