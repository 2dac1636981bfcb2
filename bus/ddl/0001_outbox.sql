-- Append-only: rows are never updated or deleted, whole partitions are detached once the relay has passed them.
create table outbox (
    -- Stands before id: a writer has its transaction id before it draws an outbox id, which the relay's fence relies on.
    xid xid8 not null default pg_current_xact_id(),
    -- Drawn one by one (CACHE 1), under the aggregate's row lock: ids of one aggregate follow its order.
    id bigint generated always as identity,
    topic text not null,
    msg_key bytea,
    event_id uuid not null default uuidv7(),
    aggregate_id uuid not null,
    aggregate_seq bigint not null,
    headers jsonb not null default '{}',
    payload bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (id)
) partition by range (id);

-- A partition is named by its first id. No default partition: it could not be detached while others write.
create table outbox_0 partition of outbox for values from (0) to (5000000);
create table outbox_5000000 partition of outbox for values from (5000000) to (10000000);
create table outbox_10000000 partition of outbox for values from (10000000) to (15000000);

-- One row a table that a relay reads: who holds the lease, and how far everything has been acknowledged.
create table outbox_cursor (
    outbox text primary key,
    epoch bigint not null default 0,
    owner text,
    lease_until timestamptz not null default '-infinity',
    high bigint not null default 0,
    gaps bigint[] not null default '{}'
) with (fillfactor = 20);

insert into outbox_cursor (outbox) values ('outbox');

-- Every command that was decided, by the pair under which it was sent, with its answer. `actor` is who acted, as a
-- door verified it: an officer's login, a unit's system, or the public's process.
create table command (
    source text not null,
    id text not null,
    type text not null,
    actor_unit text not null,
    actor jsonb not null,
    body_hash bytea not null,
    accepted boolean,
    about uuid,
    result jsonb not null default '{}',
    problem jsonb,
    received_at timestamptz not null,
    keep_until timestamptz not null,
    primary key (source, id)
);

create index command_keep_until on command (keep_until);
