"""How far tips have come, which narrows what their desks read of them. Only adds, so the program before it runs on."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATE = """
create table tip_state (
  tip uuid constraint tip_state_pkey primary key,
  state text not null,
  sequence bigint not null
)
"""
# What was forwarded before this table was made is in the feeds; each tip was forwarded once.
_FORWARDED = """
insert into tip_state (tip, state, sequence)
select subject, 'forwarded', max((headers ->> 'ce_sequence')::bigint) from feed
where type = 'vn.phoihop.tip.forwarded.v1' group by subject
"""


def upgrade() -> None:
    for statement in (_STATE, _FORWARDED):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table if exists tip_state")
