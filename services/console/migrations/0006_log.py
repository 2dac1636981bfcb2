"""Where logs were accepted to begin, and who said so."""

from alembic import op

import bus.ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand: nothing that is there changes."""
    for statement in bus.ddl.statements("0003_log"):
        op.execute(statement)


def downgrade() -> None:
    """Forget what was accepted as the log."""
    for table in ("log_acceptance", "log_start"):
        op.execute(f"drop table {table}")
