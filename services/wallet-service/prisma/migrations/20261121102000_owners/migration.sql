-- What was last said of a user, kept whether there is a wallet yet or not: events come in any order, and a mark on a
-- wallet that is not there yet was lost.
create table owners (
  id uuid primary key,
  version bigint not null,
  is_active boolean not null
);
insert into owners (id, version, is_active) select seller_id, coalesce(user_version, 0), owner_is_active from wallets;
alter table wallets drop column owner_is_active;
