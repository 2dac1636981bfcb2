"""What arrived from units, beside the tables of the bus."""

from alembic import op

import bus.ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ARRIVAL = """
create table arrival (
  source text not null,
  id text not null,
  digest bytea not null,
  arrived_at timestamptz not null,
  constraint arrival_pkey primary key (source, id))
"""


def upgrade() -> None:
    for statement in bus.ddl.statements("0001_bus"):
        op.execute(statement)
    op.execute(_ARRIVAL)
    op.execute("create index arrival_arrived_at_idx on arrival (arrived_at)")


def downgrade() -> None:
    for table in ("arrival", *bus.ddl.TABLES):
        op.execute(f"drop table if exists {table} cascade")
