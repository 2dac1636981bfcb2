"""The version of the rule beside the rule: which text of it sent a record where. Rows of before say nothing of it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = ("case_file", "case_origin")


def upgrade() -> None:
    """Expand: the column may be empty, as it is for a route that a desk chose by hand."""
    for table in _TABLES:
        op.execute(f"alter table {table} add column rule_version date")


def downgrade() -> None:
    """Forget the versions."""
    for table in _TABLES:
        op.execute(f"alter table {table} drop column rule_version")
