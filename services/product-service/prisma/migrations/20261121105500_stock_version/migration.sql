-- How often the stock has moved. A file that was exported is for the stock of that moment, and the number of pieces comes back.
alter table variants add column stock_version bigint not null default 1;
