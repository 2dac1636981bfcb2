"""Rebuilds of projections: how far each is, who asked and why."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLE = """
create table projection_rebuild (
  id uuid constraint projection_rebuild_pkey primary key,
  projection text not null,
  state text not null constraint projection_rebuild_state_check
    check (state in ('building', 'switched', 'rolled_back')),
  barrier jsonb not null,
  reason text not null,
  actor jsonb not null,
  asked_at timestamptz not null,
  ended_at timestamptz,
  hashes jsonb not null default '{}'
)
"""


def upgrade() -> None:
    """Expand: nothing that is there changes."""
    op.execute(_TABLE)
    op.execute(
        "create unique index projection_rebuild_open_idx on projection_rebuild (projection) where state = 'building'"
    )


def downgrade() -> None:
    """Forget what was rebuilt."""
    op.execute("drop table projection_rebuild")
