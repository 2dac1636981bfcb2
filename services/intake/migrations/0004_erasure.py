"""When a tip or signal was erased, and which cases grew from a signal: until they are closed, a request waits.

Expand only. Cases of signals that were known before this stay unknown, and what is unknown counts as open.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    "alter table tip add column erased_at timestamptz",
    "alter table signal add column erased_at timestamptz",
    """
create table signal_case (
  case_id uuid not null, signal_id uuid not null, constraint signal_case_pkey primary key (case_id, signal_id))""",
    "create index signal_case_signal_id_idx on signal_case (signal_id)",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table signal_case")
    for table in ("signal", "tip"):
        op.execute(f"alter table {table} drop column erased_at")
