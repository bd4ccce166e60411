-- Old tombstones are looked for every hour; they are few, the table is not.
create index product_copies_tombstones on product_copies (deleted_at) where deleted_at is not null;
