-- Where each group stands in each partition. The row is the truth; what the broker keeps is for lag displays.
-- epoch rises with every take-over: who holds an older one can no longer move the row.
create table consumer_offset (
    grp text not null,
    topic text not null,
    part integer not null,
    next_offset bigint not null default 0,
    epoch bigint not null default 0,
    owner text not null,
    cluster_id text not null,
    topic_id text not null,
    primary key (grp, topic, part),
    check (next_offset >= 0)
) with (fillfactor = 50);

-- The last sequence applied of each aggregate, so that a repeated event is skipped and a missing one is noticed.
create table seen (
    grp text not null,
    topic text not null,
    aggregate uuid not null,
    last_sequence bigint not null,
    primary key (grp, topic, aggregate),
    check (last_sequence >= 1)
) with (fillfactor = 70);

-- Records that could not be handled, exactly as they came (sealed), with the reason. Headers are two arrays of one
-- length: names may repeat, and text could not hold every name that a stranger sends.
create table parked_event (
    grp text not null,
    topic text not null,
    part integer not null,
    record_offset bigint not null,
    record_timestamp bigint not null,
    msg_key bytea,
    value bytea not null,
    header_names bytea[] not null,
    header_values bytea[] not null,
    reason text not null,
    error text not null,
    parked_at timestamptz not null default clock_timestamp(),
    primary key (grp, topic, part, record_offset)
);
create index parked_event_key on parked_event (grp, topic, msg_key, part, record_offset);

-- Keys whose later records must wait behind a parked one. Batches read it `for key share`, a redrive `for update`.
create table parked_key (
    grp text not null,
    topic text not null,
    msg_key bytea not null,
    since_offset bigint not null,
    parked_at timestamptz not null default clock_timestamp(),
    primary key (grp, topic, msg_key)
);
