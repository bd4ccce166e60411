-- How much of what a refund owes was told to be with the customer once. A refund in the dashboard that takes it over keeps
-- it, so that what was told of a payment never shrinks.
alter table refunds add column bounced_paise bigint not null default 0 check (0 <= bounced_paise and bounced_paise <= amount_paise);
update refunds set bounced_paise = amount_paise where bounces > 0 and status not in ('PROCESSED', 'CALLED_OFF');
