-- Razorpay's own id of the payment that settled the order: what people read on receipts and search for. Of orders that
-- were paid before this column was there it stays null.
alter table orders add column gateway_payment_id text;

-- A paid order no longer waits for money.
update orders set payment_expires_at = null where paid_at is not null and payment_expires_at is not null;

-- What an order is found by: its number, whole or from its last part; the buyer's address, phone (with country code or
-- without) and the words of their name; the payment's id at Razorpay. Every word is found by its beginning.
create function order_search_words(order_number text, email text, phone text, name text, payment text)
  returns tsvector language sql immutable as $$
  select array_to_tsvector(array(
    select distinct word from unnest(
      array[lower(order_number), substring(order_number from '\d+$'), lower(email), ltrim(phone, '+'),
        right(phone, 10), lower(payment)]
      || regexp_split_to_array(lower(coalesce(name, '')), '\s+')) word
    where word <> ''))
$$;

-- Beside the orders, because an order is changed several times and these words once: when it is paid.
create table order_search (
  order_id uuid primary key references orders (id) on delete restrict on update cascade,
  business_id uuid not null,
  words tsvector not null
);
insert into order_search (order_id, business_id, words)
select id, business_id, order_search_words(order_number, buyer_email, buyer_phone, buyer_name, null) from orders;
create index order_search_words_idx on order_search using gin (words);
