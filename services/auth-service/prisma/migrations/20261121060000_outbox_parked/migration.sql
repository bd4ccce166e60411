-- Parked events are counted at every scrape and health check; they are few, the table is not.
create index outbox_parked on outbox (seq) where parked_at is not null;
