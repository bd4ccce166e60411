-- Where an account has signed in from: failures elsewhere do not keep its owner out there.
create table known_networks (
  key text primary key,
  last_seen_at timestamptz(3) not null
);
create index known_networks_last_seen_at_idx on known_networks (last_seen_at);
