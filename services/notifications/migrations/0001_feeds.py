"""Feeds, their numbers, denials and what was written to topics, beside the tables of the bus."""

from alembic import op

import bus.ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PARTITIONS = 8

# The feed is its own outbox: append-only, and `id` is drawn under the unit's counter, so it rises with `number`. It is
# partitioned by unit and not, like the outbox, by id: feeds are primary records that nothing detaches, and only so can
# the database itself hold that a number, and an event, stands once in a feed.
_FEED = """
create table feed (
  xid bigint not null default pg_current_xact_id()::text::bigint,
  id bigint not null generated always as identity,
  unit text not null,
  number bigint not null,
  case_number bigint,
  view text not null,
  event_id text not null,
  type text not null,
  subject uuid not null,
  related uuid,
  headers jsonb not null,
  payload bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint feed_pkey primary key (unit, number),
  constraint feed_unit_event_id_key unique (unit, event_id),
  constraint feed_number_check check (number >= 1),
  constraint feed_view_check check (view in ('pointer', 'fields', 'full'))
) partition by hash (unit)
"""
_COUNTERS = """
create table feed_counter (
  unit text constraint feed_counter_pkey primary key,
  last bigint not null
) with (fillfactor = 50);
create table case_counter (
  unit text not null,
  case_id uuid not null,
  last bigint not null,
  constraint case_counter_pkey primary key (unit, case_id)
) with (fillfactor = 70)
"""
# `unit` is a token of services/policy.py: a unit, everyone, or one that is excepted.
_DENIALS = """
create table denial (
  subject uuid not null,
  unit text not null,
  denied_at timestamptz not null,
  constraint denial_pkey primary key (subject, unit)
);
create table case_origin (
  case_id uuid not null,
  origin_id uuid not null,
  constraint case_origin_pkey primary key (case_id, origin_id)
)
"""
# One row a batch that went to topics in the open; kept for as long as the topics keep the copies.
_COPIES = """
create table feed_copy (
  id bigint not null generated always as identity constraint feed_copy_pkey primary key,
  rows bigint[] not null,
  written_at timestamptz not null
)
"""
_INDEXES = (
    "create index feed_id_idx on feed (id)",
    "create index feed_subject_idx on feed (subject)",
    "create index feed_related_idx on feed (related) where related is not null",
    "create index case_origin_origin_id_idx on case_origin (origin_id)",
    "create index feed_copy_rows_idx on feed_copy using gin (rows)",
    "create index feed_copy_written_at_idx on feed_copy (written_at)",
)


def upgrade() -> None:
    tables = [statement for part in (_COUNTERS, _DENIALS, _COPIES) for statement in part.split(";")]
    for statement in (*bus.ddl.statements("0001_bus"), _FEED, *_partitions(), *tables, *_INDEXES):
        op.execute(statement)
    op.execute("insert into outbox_cursor (outbox) values ('feed')")


def downgrade() -> None:
    for table in ("feed_copy", "case_origin", "denial", "case_counter", "feed_counter", "feed", *bus.ddl.TABLES):
        op.execute(f"drop table if exists {table} cascade")


def _partitions() -> list[str]:
    return [
        f"create table feed_{number} partition of feed for values with (modulus {PARTITIONS}, remainder {number})"
        for number in range(PARTITIONS)
    ]
