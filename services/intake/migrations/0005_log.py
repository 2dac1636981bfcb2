"""The archive of the outbox, what is published again from it, and where logs were accepted to begin."""

from alembic import op

import bus.ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand: nothing that is there changes."""
    for statement in bus.ddl.statements("0003_bus"):
        op.execute(statement)


def downgrade() -> None:
    """Forget what was accepted and published again; archived partitions must be moved back before."""
    for table in ("outbox_resend", "outbox_archive", "log_acceptance", "log_start"):
        op.execute(f"drop table {table}")
