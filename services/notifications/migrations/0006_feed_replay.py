"""What of feeds is written to their topics again, with who asked and why."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLE = """
create table feed_replay (
  id uuid not null default uuidv7() constraint feed_replay_pkey primary key,
  unit text not null,
  from_number bigint not null,
  to_number bigint not null,
  next_number bigint not null,
  rate integer not null,
  reason text not null,
  actor jsonb not null,
  asked_at timestamptz not null,
  finished_at timestamptz,
  constraint feed_replay_numbers_check check (1 <= from_number and from_number <= to_number)
)
"""


def upgrade() -> None:
    """Expand: nothing that is there changes."""
    op.execute(_TABLE)
    op.execute("create unique index feed_replay_open_idx on feed_replay (unit) where finished_at is null")


def downgrade() -> None:
    """Forget what was written again."""
    op.execute("drop table feed_replay")
