-- Where the log of a topic begins for a group that was never here, once its owners have published it again: what stands
-- before that, in this very topic, is no whole log.
create table log_start (
    topic text not null,
    part integer not null,
    cluster_id text not null,
    topic_id text not null,
    first_offset bigint not null,
    primary key (topic, part),
    check (first_offset >= 0)
);

-- Who accepted what as the log, and which offsets of which groups that moved. Never deleted.
create table log_acceptance (
    id uuid not null default uuidv7() primary key,
    topic text not null,
    cluster_id text not null,
    topic_id text not null,
    starts jsonb not null,
    moved jsonb not null,
    reason text not null,
    actor jsonb not null,
    accepted_at timestamptz not null default clock_timestamp()
);
