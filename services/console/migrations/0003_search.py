"""What the search box finds: keyed tokens by unit and record, made of event content alone, and the holds beside them.

Expand only. Nothing is filled here: the group of the search reads the log from its beginning.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = (
    """
create table search_origin (
  id uuid constraint search_origin_pkey primary key,
  denials text[] not null default '{}'
)""",
    """
create table search_subject (
  id uuid constraint search_subject_pkey primary key,
  aggregate text not null,
  held boolean not null default false,
  origins uuid[] not null default '{}',
  number text,
  desk text,
  state text,
  sequence bigint not null default 0,
  constraint search_subject_aggregate_check check (aggregate in ('case', 'tip'))
)""",
    "create index search_subject_origins_idx on search_subject using gin (origins)",
    """
create table search_entry (
  subject_id uuid,
  event_id text,
  unit text,
  type text not null,
  view smallint not null,
  recorded timestamptz not null,
  origin uuid,
  tokens bigint[] not null,
  constraint search_entry_pkey primary key (subject_id, event_id, unit),
  constraint search_entry_subject_id_fkey foreign key (subject_id) references search_subject (id) on delete cascade,
  constraint search_entry_view_check check (view between 1 and 4)
)""",
    "create index search_entry_origin_idx on search_entry (origin) where origin is not null",
    """
create table search_row (
  unit text,
  subject_id uuid,
  aggregate text not null,
  touched timestamptz not null,
  tokens bigint[] not null,
  constraint search_row_pkey primary key (unit, subject_id),
  constraint search_row_subject_id_fkey foreign key (subject_id) references search_subject (id) on delete cascade
)""",
    "create index search_row_subject_id_idx on search_row (subject_id)",
    "create index search_row_tokens_idx on search_row using gin (tokens)",
    "create index search_row_page_idx on search_row (unit, touched desc, subject_id desc)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)


def downgrade() -> None:
    for table in ("search_row", "search_entry", "search_subject", "search_origin"):
        op.execute(f"drop table {table}")
