"""Cases, their origins and claims, beside the tables of the bus."""

from alembic import op

import bus.ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_CASE_FILE = """
create table case_file (
  id uuid constraint case_file_pkey primary key,
  case_no text not null constraint case_file_case_no_key unique,
  subject_key bytea,
  rule text not null,
  basis text not null,
  lead text not null,
  co text[] not null,
  province text,
  state text not null constraint case_file_state_check check (state in ('proposed', 'claimed', 'closed')),
  holder text,
  claimed_at timestamptz,
  sequence bigint not null,
  hidden boolean not null default false,
  constraint case_file_holder_check check ((state = 'proposed') = (holder is null)),
  constraint case_file_claimed_at_check check ((holder is null) = (claimed_at is null)))
"""
_CASE_ORIGIN = """
create table case_origin (
  kind text not null,
  id uuid not null,
  case_id uuid not null constraint case_origin_case_id_fkey references case_file (id),
  position bigint generated always as identity,
  rule text not null,
  basis text not null,
  lead text not null,
  co text[] not null,
  facts jsonb not null,
  withdrawn boolean not null default false,
  constraint case_origin_pkey primary key (kind, id))
"""
_CASE_CLAIM = """
create table case_claim (
  case_id uuid not null constraint case_claim_case_id_fkey references case_file (id),
  unit text not null,
  officer text not null,
  claimed_at timestamptz not null,
  won boolean not null,
  constraint case_claim_pkey primary key (case_id, unit))
"""


def upgrade() -> None:
    for statement in bus.ddl.statements("0001_bus"):
        op.execute(statement)
    for statement in (_CASE_FILE, _CASE_ORIGIN, _CASE_CLAIM):
        op.execute(statement)
    op.execute(
        "create unique index case_file_open_subject_key on case_file (subject_key, lead)"
        " where state <> 'closed' and not hidden"
    )
    op.execute("create index case_origin_case_id_position_idx on case_origin (case_id, position)")


def downgrade() -> None:
    for table in ("case_claim", "case_origin", "case_file", *bus.ddl.TABLES):
        op.execute(f"drop table if exists {table} cascade")
