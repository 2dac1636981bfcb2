"""Timelines of cases, cut by unit, beside the consumer's tables of the bus."""

from alembic import op

import bus.ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "create sequence change_number",
    """
create table case_row (
  id uuid constraint case_row_pkey primary key,
  change bigint not null default 0,
  held boolean not null default false
) with (fillfactor = 70)""",
    """
create table timeline_entry (
  case_id uuid not null constraint timeline_entry_case_id_fkey references case_row (id),
  event_id text not null,
  kind text not null,
  acttime timestamptz not null,
  recordedtime timestamptz not null,
  audience jsonb not null,
  origin uuid,
  change bigint not null default nextval('change_number'),
  headers jsonb not null,
  payload bytea not null,
  constraint timeline_entry_pkey primary key (case_id, event_id))""",
    """
create table origin (
  id uuid constraint origin_pkey primary key,
  denials text[] not null default '{}',
  change bigint not null default 0)""",
    """
create table sight (
  unit text not null,
  case_id uuid not null constraint sight_case_id_fkey references case_row (id),
  state smallint not null constraint sight_state_check check (state between 0 and 2),
  touched timestamptz not null,
  change bigint not null,
  constraint sight_pkey primary key (unit, case_id))""",
    "create index timeline_entry_case_id_change_idx on timeline_entry (case_id, change)",
    "create index timeline_entry_origin_idx on timeline_entry (origin) where origin is not null",
    "create index sight_page_idx on sight (unit, touched desc, case_id desc)",
    "create index sight_unit_change_idx on sight (unit, change)",
)


def upgrade() -> None:
    for statement in (*bus.ddl.statements("0001_consumer"), *_TABLES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("sight", "origin", "timeline_entry", "case_row", *bus.ddl.TABLES):
        op.execute(f"drop table if exists {table} cascade")
    op.execute("drop sequence if exists change_number")
