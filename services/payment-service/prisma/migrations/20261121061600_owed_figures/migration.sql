-- Counted at every scrape. Each index holds only the few rows that are open, and a purchase writes to neither.
create index refunds_owed on refunds (status) where status not in ('PROCESSED', 'CALLED_OFF');
create index webhook_events_given_up on webhook_events (received_at) where processed_at is null and next_try_at is null;
