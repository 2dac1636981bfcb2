"""Which dossiers were erased, for the timelines (with the change at which pages learn it) and for the search.

Expand only. Nothing was erased before this.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table origin add column erased bigint not null default 0")
    op.execute("alter table search_origin add column erased boolean not null default false")


def downgrade() -> None:
    for table in ("origin", "search_origin"):
        op.execute(f"alter table {table} drop column erased")
