"""What of a case was erased: the case itself, and what each signal or tip brought to it.

Expand only. A case that was closed before this has no instant of closing; it counts as closed all the same.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table case_file add column erased_at timestamptz")
    op.execute("alter table case_origin add column erased boolean not null default false")
    op.execute("create index case_origin_id_idx on case_origin (id)")


def downgrade() -> None:
    op.execute("alter table case_file drop column erased_at")
    op.execute("drop index case_origin_id_idx")
    op.execute("alter table case_origin drop column erased")
