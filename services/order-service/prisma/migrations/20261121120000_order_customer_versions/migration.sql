-- Which word of auth the customer of an order is: 1 of a guest's order, 2 of an account's, 3 of one that joined an account.
-- An order of version 1 that has joined one waits for version 3 before a deletion takes the person out. 0: the order named
-- its customer, or nobody did yet.
alter table orders add column customer_version integer not null default 0;
