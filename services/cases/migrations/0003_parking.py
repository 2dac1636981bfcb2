"""What became of every record is counted beside its offset, and acts on what is parked are kept."""

from alembic import op

import bus.ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand: a group that is here already begins to count where it stands."""
    for statement in bus.ddl.statements("0002_parking"):
        op.execute(statement)


def downgrade() -> None:
    """Forget counts and acts."""
    op.execute("drop table parked_act, parked_left")
    op.execute("alter table parked_event drop column sequence, drop column attempts, drop column tried_at")
    counted = ("first_offset", "applied", "skipped", "parked", "void")
    op.execute("alter table consumer_offset " + ", ".join(f"drop column {name}" for name in counted))
