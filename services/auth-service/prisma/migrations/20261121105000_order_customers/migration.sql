-- Whether the customer of an order was found for it, or named by it: one who was named keeps the order when it joins an
-- account. Of orders from before, the order itself says: it names nobody unless somebody was named.
alter table customer_order_facts add column customer_found boolean not null default false;
