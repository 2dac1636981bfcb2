"""What rows of the list are filtered by: labels of every sight, and how its unit stands to the case.

Expand only: the index that goes is the beginning of the one that comes. The labels of cases that are there already are
told by the entries that each unit may see of them, as the projection tells them of new ones; entries of a held origin
tell nothing.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLE = (
    "alter table sight add column labels text[] not null default '{}'",
    """
alter table sight add column part smallint not null default 0
  constraint sight_part_check check (part between 0 and 2)""",
    """
create index sight_board_idx on sight (unit, touched desc, case_id desc) include (state, part)""",
    "drop index sight_page_idx",
    "create index sight_labels_idx on sight using gin (labels)",
)
LABELLED = """
with told as (
  select said.key as unit, e.case_id, said.value as view, convert_from(e.payload, 'UTF8')::jsonb as data
  from timeline_entry as e cross join lateral jsonb_each_text(e.audience) as said
  left join origin as o on o.id = e.origin
  where coalesce(o.denials, '{}') = '{}'
), label as (
  select unit, case_id, 'u:' || (data ->> 'holder') as word from told
  union select unit, case_id, 'u:' || (data ->> field) from told
    cross join unnest(array['unit', 'won_by', 'closed_by']) as field where view in ('fields', 'full')
  union select unit, case_id, 'u:' || offered from told
    cross join jsonb_array_elements_text(coalesce(data -> 'offered', '[]')) as offered
    where view in ('fields', 'full')
  union select unit, case_id, 'c:' || (data ->> 'claimed_by') from told where view in ('fields', 'full')
  union select unit, case_id, 'r:' || (data #>> '{route,lead}') from told where view in ('fields', 'full')
  union select unit, case_id, 'r:' || co from told
    cross join jsonb_array_elements_text(coalesce(data #> '{route,co}', '[]')) as co
    where view in ('fields', 'full')
  union select unit, case_id, 'p:' || (data #>> '{facts,place,province}') from told where view in ('fields', 'full')
  union select unit, case_id, 's:' || stage from told
    cross join jsonb_array_elements_text(coalesce(data #> '{facts,stages}', '[]')) as stage
    where view in ('fields', 'full')
), found as (
  select unit, case_id, array_agg(word order by word collate "C") as words from label
  where word is not null group by unit, case_id
)
update sight as s set labels = array(select f.unit || '/' || word from unnest(f.words) as word), part = case
    when 'c:' || s.unit = any(f.words) then 2 when 'r:' || s.unit = any(f.words) then 1 else 0 end
from found as f where f.unit = s.unit and f.case_id = s.case_id
"""


def upgrade() -> None:
    for statement in (*_TABLE, LABELLED):
        op.execute(statement)


def downgrade() -> None:
    op.execute("create index sight_page_idx on sight (unit, touched desc, case_id desc)")
    for index in ("sight_board_idx", "sight_labels_idx"):
        op.execute(f"drop index {index}")
    for column in ("labels", "part"):
        op.execute(f"alter table sight drop column {column}")
