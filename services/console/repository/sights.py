"""Which cases each unit may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.database import Raw
from services.console.model.sight import Sight, State

_WIDEN = """
insert into sight as s (unit, case_id, state, touched, change)
select * from unnest($1::text[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::bigint[])
on conflict (unit, case_id) do update set state = greatest(s.state, excluded.state),
  touched = greatest(s.touched, excluded.touched), change = greatest(s.change, excluded.change)"""
_FORGET = "delete from sight where case_id = any($1::uuid[])"
_PAGE = """
select case_id, state, touched, change from sight
where unit = $1 and ($2::smallint is null or state = $2)
  and ($3::timestamptz is null or (touched, case_id) < ($3, $4::uuid))
order by touched desc, case_id desc limit $5"""
_COUNTS = "select state, count(*) as cases, max(change) as change from sight where unit = $1 group by state"
_NEWS = "select count(*) from sight where unit = $1 and change > $2"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ends: the next one goes on behind it."""

    touched: datetime
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Overview:
    """How many cases a unit may see in each state, and the last change that any of them showed it."""

    cases: dict[State, int]
    change: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.cases.values())


async def widen(raw: Raw, found: Sequence[Sight]) -> None:
    """Add what units have come to see."""
    await raw.execute(_WIDEN, *_columns(found))


async def replace(raw: Raw, cases: Collection[UUID], found: Sequence[Sight]) -> None:
    """Make these the only sights of these cases."""
    await raw.execute(_FORGET, list(cases))
    await raw.execute(_WIDEN, *_columns(found))


async def page(raw: Raw, unit: str, state: State | None, after: Place | None, limit: int) -> list[Sight]:
    """At most `limit` cases that the unit may see, the last touched first."""
    behind = (after.touched, after.case_id) if after else (None, None)
    rows = await raw.fetch(_PAGE, unit, state, *behind, limit)
    return [_sight(unit, row) for row in rows]


async def overview(raw: Raw, unit: str) -> Overview:
    """The counts over everything that the unit may see."""
    rows = await raw.fetch(_COUNTS, unit)
    cases = {State(row["state"]): row["cases"] for row in rows}
    return Overview({state: cases.get(state, 0) for state in State}, max((row["change"] for row in rows), default=0))


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
    )


def _sight(unit: str, row: Any) -> Sight:
    return Sight(unit, row["case_id"], State(row["state"]), row["touched"], row["change"])
