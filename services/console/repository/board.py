"""Pages of the list of cases and the counts of its tabs, by key and never by offset.

Every statement begins at one unit's own rows: how many cases others see makes it neither slower nor longer.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.database import Raw
from services.console.model import labels
from services.console.model.board import Asked, Overview, Place, Tab
from services.console.model.sight import State

_CHANGE = "select coalesce(max(change), 0) from sight where unit = $1"
_TOUCHED = "select case_id, touched from sight where unit = $1 and case_id = any($2::uuid[])"
_MINE = f"state = {int(State.CLAIMED)} and part > {int(labels.Part.NONE)}"
_OPEN = f"state < {int(State.CLOSED)}"


@dataclass(slots=True)
class _Where:
    """The conditions of one question and the values that they speak of; texts are constants of this file."""

    values: list[Any]
    conditions: list[str] = field(default_factory=lambda: ["unit = $1"])

    def add(self, condition: str, *values: Any) -> None:
        """A condition with `{}` for each value."""
        places = [f"${len(self.values) + number}" for number in range(1, len(values) + 1)]
        self.values.extend(values)
        self.conditions.append(condition.format(*places))

    @property
    def text(self) -> str:
        """All of them together."""
        return " and ".join(self.conditions)


async def page(
    raw: Raw, unit: str, asked: Asked, silent_before: datetime, *, after: Place | None, limit: int
) -> list[Place]:
    """At most `limit` cases that pass, in the order of the tab: last touched first, or longest silent first."""
    where = _filtered(unit, asked)
    if asked.tab.state is not None:
        where.add("state = {}", int(asked.tab.state))
    elif asked.tab is Tab.MINE:
        where.add(_MINE)
    elif asked.tab is Tab.SILENT:
        where.add(f"{_OPEN} and touched < {{}}", silent_before)
    ahead, order = (">", "asc") if asked.tab.oldest_first else ("<", "desc")
    if after is not None:
        where.add(f"(touched, case_id) {ahead} ({{}}, {{}}::uuid)", after.touched, after.case_id)
    statement = (
        f"select touched, case_id from sight where {where.text} "  # noqa: S608 - built of constants
        f"order by touched {order}, case_id {order} limit {limit:d}"
    )
    return [_place(row) for row in await raw.fetch(statement, *where.values)]


async def overview(raw: Raw, unit: str, asked: Asked, silent_before: datetime) -> Overview:
    """How many cases pass the filters in each tab, and the last change of all that the unit may see."""
    where = _filtered(unit, asked)
    silent = f"${len(where.values) + 1}"
    statement = f"""
select count(*) as whole, count(*) filter (where state = {State.PROPOSED:d}) as proposed,
  count(*) filter (where state = {State.CLAIMED:d}) as claimed, count(*) filter (where {_MINE}) as mine,
  count(*) filter (where {_OPEN} and touched < {silent}) as silent,
  count(*) filter (where state = {State.CLOSED:d}) as closed
from sight where {where.text}"""  # noqa: S608 - built of constants
    row = await raw.fetchrow(statement, *where.values, silent_before)
    counts = {tab: int(row[tab.value or "whole"]) for tab in Tab}
    return Overview(counts, int(await raw.fetchval(_CHANGE, unit)))


def _filtered(unit: str, asked: Asked) -> _Where:
    where = _Where([unit])
    if asked.common:
        where.add("labels @> {}::text[]", labels.kept_for(unit, asked.common))
    if asked.units:
        where.add("labels && {}::text[]", labels.kept_for(unit, labels.of_units(asked.units)))
    if asked.since_moment is not None:
        where.add("touched >= {}", asked.since_moment)
    return where


def _place(row: Any) -> Place:
    return Place(row["touched"], UUID(int=row["case_id"].int))
