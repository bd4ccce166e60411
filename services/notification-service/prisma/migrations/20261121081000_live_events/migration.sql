-- What administrators' dashboards are told as it happens; kept for a short while, so that they can go on where they were.
create table live_events (
  event_id uuid primary key,
  -- The order of writing, which is not the order of commits: numbers are given out before.
  seq bigint generated always as identity,
  -- Where streams are read from. Given after the commit, in the order of commits, so that none appears behind a reader.
  position bigint unique,
  business_id uuid not null,
  type text not null,
  facts jsonb not null,
  occurred_at timestamptz(3) not null,
  written_at timestamptz(3) not null default now()
);
create index live_events_unnumbered on live_events (seq) where position is null;
create index live_events_written on live_events (written_at);

-- One row. Whoever gives out positions holds it until the commit.
create table live_feed (
  id boolean primary key default true check (id),
  last_position bigint not null default 0 check (last_position >= deleted_through),
  deleted_through bigint not null default 0
);
insert into live_feed default values;
