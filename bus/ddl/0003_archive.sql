-- Outbox partitions that the relay has passed: the owner's part of the log of record. Nothing drops them by itself.
-- Partitions come here whole, so the columns are those of the outbox.
create table outbox_archive (
    xid xid8 not null,
    id bigint not null,
    topic text not null,
    msg_key bytea,
    event_id uuid not null,
    aggregate_id uuid not null,
    aggregate_seq bigint not null,
    headers jsonb not null,
    payload bytea not null,
    created_at timestamptz not null,
    primary key (id)
) partition by range (id);

-- What is, or was, published again from outbox and archive. Never deleted: it says who asked, and why.
-- to_id null: up to the present, and then the topic goes on from there without a hole and without a change of order.
create table outbox_resend (
    id uuid not null default uuidv7() primary key,
    topic text not null,
    from_id bigint not null default 1,
    to_id bigint,
    since timestamptz,
    until timestamptz,
    aggregate_id uuid,
    rate integer not null,
    reason text not null,
    actor jsonb not null,
    asked_at timestamptz not null default clock_timestamp(),
    started_at timestamptz,
    cluster_id text,
    topic_id text,
    starts jsonb,
    position bigint not null default 0,
    sent bigint not null default 0,
    finished_at timestamptz,
    check (rate >= 1),
    check (from_id >= 1)
);
create unique index outbox_resend_open on outbox_resend (topic) where finished_at is null;
