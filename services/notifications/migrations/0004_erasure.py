"""How far the system of each unit has read its feed over HTTP: by the number behind which it asked for more."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PULLED = """
create table feed_pull (
  unit text constraint feed_pull_pkey primary key,
  number bigint not null constraint feed_pull_number_check check (number >= 1),
  at timestamptz not null
) with (fillfactor = 50)
"""


def upgrade() -> None:
    op.execute(_PULLED)


def downgrade() -> None:
    op.execute("drop table feed_pull")
