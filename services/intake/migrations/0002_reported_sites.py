"""Lists of reported sites: what was imported how far, which tip a site has at a desk, and what was noted or refused."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_IMPORTED = """
create table imported_list (
  id uuid constraint imported_list_pkey primary key,
  desk text not null,
  file_sha256 bytea not null,
  reading text not null,
  file_name text not null,
  started_by text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  expected bigint not null,
  last_line bigint not null default 0,
  read bigint not null default 0,
  taken bigint not null default 0,
  linked bigint not null default 0,
  refused bigint not null default 0,
  constraint imported_list_desk_file_sha256_reading_key unique (desk, file_sha256, reading))
"""
_SITE = """
create table reported_site (
  desk text not null,
  site_key bytea not null,
  tip_id uuid not null,
  list_id uuid not null,
  line bigint not null,
  constraint reported_site_pkey primary key (desk, site_key))
"""
_NOTE = """
create table report_note (
  list_id uuid not null,
  line bigint not null,
  tip_id uuid not null,
  constraint report_note_pkey primary key (list_id, line))
"""
_REFUSAL = """
create table report_refusal (
  list_id uuid not null,
  line bigint not null,
  reason text not null,
  constraint report_refusal_pkey primary key (list_id, line))
"""


def upgrade() -> None:
    for statement in (_IMPORTED, _SITE, _NOTE, _REFUSAL):
        op.execute(statement)
    op.execute("create index report_note_tip_id_idx on report_note (tip_id)")


def downgrade() -> None:
    for table in ("report_refusal", "report_note", "reported_site", "imported_list"):
        op.execute(f"drop table if exists {table}")
