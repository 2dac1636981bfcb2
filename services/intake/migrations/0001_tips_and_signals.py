"""Tips, signals and what intake knows of cases, beside the tables of the bus."""

from alembic import op

import bus.ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIP = """
create table tip (
  id uuid constraint tip_pkey primary key,
  tip_no text not null constraint tip_tip_no_key unique,
  desk text not null,
  channel text not null,
  received_at timestamptz not null,
  state text not null,
  shown text not null,
  shown_since timestamptz not null,
  facts jsonb not null,
  informant_ref text not null,
  receiver text,
  recording_ref text,
  language text not null,
  urgent boolean not null,
  wants_feedback boolean not null,
  details bytea,
  sequence bigint not null,
  named_units text[] not null default '{}',
  integrity_id uuid,
  linked_to uuid,
  route jsonb,
  document jsonb,
  receipt_hash bytea not null constraint tip_receipt_hash_key unique)
"""
_SIGNAL = """
create table signal (
  id uuid constraint signal_pkey primary key,
  sender text not null,
  source text not null,
  command_id text not null,
  system text not null,
  reference text not null,
  detected_at timestamptz not null,
  constraint signal_source_command_id_key unique (source, command_id))
"""
_TIP_CASE = """
create table tip_case (
  case_id uuid not null, tip_id uuid not null, constraint tip_case_pkey primary key (case_id, tip_id))
"""
_CASE_LEAD = """
create table case_lead (
  case_id uuid constraint case_lead_pkey primary key, lead text not null, closed_at timestamptz)
"""


def upgrade() -> None:
    for statement in bus.ddl.statements("0001_bus"):
        op.execute(statement)
    for statement in (_TIP, _SIGNAL, _TIP_CASE, _CASE_LEAD):
        op.execute(statement)
    op.execute("create index tip_desk_id_idx on tip (desk, id) where state <> 'held'")
    op.execute("create index signal_sender_reference_idx on signal (sender, reference)")
    op.execute("create index tip_case_tip_id_idx on tip_case (tip_id)")


def downgrade() -> None:
    for table in ("case_lead", "tip_case", "signal", "tip", *bus.ddl.TABLES):
        op.execute(f"drop table if exists {table} cascade")
