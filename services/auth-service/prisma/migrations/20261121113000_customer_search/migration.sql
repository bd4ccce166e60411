-- Customers are found by any part of a name, an email or a number. pg_trgm is a trusted extension: the owner of the
-- database may create it. A server that does not have it, does not let us, or keeps it where we do not look, searches
-- without the index: slower, not wrong.
do $$
begin
  create extension if not exists pg_trgm;
  create index customers_search on customers
    using gin (name gin_trgm_ops, email gin_trgm_ops, phone gin_trgm_ops, whatsapp_number gin_trgm_ops);
exception when insufficient_privilege or undefined_file or undefined_object or feature_not_supported then
  raise notice 'customers are searched without an index: %', sqlerrm;
end
$$;
