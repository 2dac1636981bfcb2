"""Which cases each unit may see."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from bus.database import Raw
from services.console.model.labels import kept_for
from services.console.model.sight import Sight

_WIDEN = """
insert into sight as s (unit, case_id, state, touched, change, part, labels)
select unit, case_id, state, touched, change, part, string_to_array(labels, ' ')
from unnest($1::text[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::bigint[], $6::smallint[], $7::text[])
  as n (unit, case_id, state, touched, change, part, labels)
on conflict (unit, case_id) do update set state = greatest(s.state, excluded.state),
  touched = greatest(s.touched, excluded.touched), change = greatest(s.change, excluded.change),
  part = greatest(s.part, excluded.part), labels = case when s.labels @> excluded.labels then s.labels else
    array(select word from unnest(s.labels || excluded.labels) as word group by word order by word collate "C") end"""
_FORGET = "delete from sight where case_id = any($1::uuid[])"
_NEWS = "select count(*) from sight where unit = $1 and change > $2"


async def widen(raw: Raw, found: Sequence[Sight]) -> None:
    """Add what units have come to see."""
    await raw.execute(_WIDEN, *_columns(found))


async def replace(raw: Raw, cases: Collection[UUID], found: Sequence[Sight]) -> None:
    """Make these the only sights of these cases."""
    await raw.execute(_FORGET, list(cases))
    await raw.execute(_WIDEN, *_columns(found))


async def news(raw: Raw, unit: str, change: int) -> int:
    """In how many cases the unit may see something that came after a change."""
    return int(await raw.fetchval(_NEWS, unit, change))


def _columns(found: Sequence[Sight]) -> tuple[list[Any], ...]:
    return (
        [one.unit for one in found],
        [one.case_id for one in found],
        [int(one.state) for one in found],
        [one.touched for one in found],
        [one.change for one in found],
        [int(one.part) for one in found],
        [" ".join(kept_for(one.unit, one.labels)) for one in found],
    )
