-- What became of every offset that a group passed: next_offset - first_offset = applied + skipped + parked + void.
-- Counted in the transaction that moves next_offset. Who sets next_offset by hand moves first_offset by as much.
-- void are offsets that hold no record, such as the markers of a stranger's transactions.
alter table consumer_offset
    add column first_offset bigint not null default 0,
    add column applied bigint not null default 0,
    add column skipped bigint not null default 0,
    add column parked bigint not null default 0,
    add column void bigint not null default 0;

-- A group that was here before was not counted: it begins where it stands, with what it holds parked.
update consumer_offset as place
set parked = kept.events
from (select grp, topic, part, count(*) as events from parked_event group by grp, topic, part) as kept
where (place.grp, place.topic, place.part) = (kept.grp, kept.topic, kept.part);
update consumer_offset set first_offset = next_offset - parked;

-- sequence is the place in the order of the aggregate, empty where it cannot be read or there is none.
-- attempts and tried_at tell of redrives that failed.
alter table parked_event
    add column sequence bigint,
    add column attempts integer not null default 0,
    add column tried_at timestamptz;

-- What left the parked: parked (of consumer_offset) = rows in parked_event + redriven + discarded. A table of its own,
-- because a redrive holds parked_key, for which a batch that holds its offset row may be waiting.
create table parked_left (
    grp text not null,
    topic text not null,
    part integer not null,
    redriven bigint not null default 0,
    discarded bigint not null default 0,
    primary key (grp, topic, part)
) with (fillfactor = 50);

-- Who did what to a parked event, and what came of it. Rows are kept for good. No key and no type stands here: those
-- who read it stand outside the integrity route.
create table parked_act (
    id bigint generated always as identity,
    at timestamptz not null default clock_timestamp(),
    act text not null,
    outcome text not null,
    grp text not null,
    topic text not null,
    part integer not null,
    record_offset bigint not null,
    person text not null,
    unit text not null,
    reason text,
    error text,
    primary key (id),
    check (act in ('redrive', 'discard')),
    check (outcome in ('applied', 'skipped', 'failed', 'discarded'))
);
