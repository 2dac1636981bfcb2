"""Reading what a search may find. What comes from here is a guess until it was confirmed under every hold of today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bus.database import Raw
from services.console.model.board import Place
from services.console.model.findable import Findable, Subject
from services.console.model.roots import Hold, Roots
from services.console.model.tokens import Wanted
from services.console.repository.search import findable, origins_of, rooted, subject

_FEW = 1_000
"""Records that are sorted here; where more may meet a query, the database walks them in their order."""
# A plan for any tokens would walk through all records of the unit for a word that hardly any has.
_PLANNED = "set local plan_cache_mode = force_custom_plan"
_ENTRIES = "select * from search_entry where subject_id = any($1::uuid[]) and unit = $2"
_SUBJECTS = "select * from search_subject where id = any($1::uuid[])"
# Two groups read of one hold, each at its own pace: whichever was first hides.
_HOLDS = """
select id, denials from search_origin where id = any($1::uuid[]) and denials <> '{}'
union select id, denials from origin where id = any($1::uuid[]) and denials <> '{}'"""


@dataclass(frozen=True, slots=True)
class Guess:
    """A record that may meet a query."""

    subject: UUID
    aggregate: str
    place: Place


async def page(
    raw: Raw, unit: str, wanted: Wanted, aggregates: Collection[str], *, after: Place | None, limit: int
) -> list[Guess]:
    """At most `limit` records of the unit that may meet the query, the last touched first."""
    await raw.execute(_PLANNED)
    conditions, values = _where(unit, wanted, aggregates, after)
    statement = f"select subject_id, aggregate, touched from search_row where {conditions}"  # noqa: S608 - built of constants
    # Asked for in no order, rare tokens are looked up in their index; in order, common ones are met at once by walking.
    few = await raw.fetch(f"{statement} limit {_FEW + 1:d}", *values)
    if len(few) <= _FEW:
        found = sorted((_guess(row) for row in few), key=lambda one: (one.place.touched, one.subject), reverse=True)
        return found[:limit]
    rows = await raw.fetch(f"{statement} order by touched desc, subject_id desc limit {limit:d}", *values)
    return [_guess(row) for row in rows]


def _where(unit: str, wanted: Wanted, aggregates: Collection[str], after: Place | None) -> tuple[str, list[Any]]:
    values: list[Any] = [unit, list(aggregates)]
    conditions = ["unit = $1", "aggregate = any($2::text[])"]
    for clause in wanted:
        places = [f"tokens @> ${len(values) + number}::bigint[]" for number in range(1, len(clause) + 1)]
        conditions.append(f"({' or '.join(places)})")
        values += [list(alternative) for alternative in clause]
    if after is not None:
        conditions.append(f"(touched, subject_id) < (${len(values) + 1}, ${len(values) + 2}::uuid)")
        values += [after.touched, after.case_id]
    return " and ".join(conditions), values


async def subjects(raw: Raw, ids: Sequence[UUID]) -> dict[UUID, Subject]:
    """These subjects."""
    found = [subject(row) for row in await raw.fetch(_SUBJECTS, list(ids))]
    return {one.id: one for one in found}


async def entries(raw: Raw, ids: Sequence[UUID], unit: str) -> list[Findable]:
    """The unit's entries of these subjects."""
    return [findable(row) for row in await raw.fetch(_ENTRIES, list(ids), unit)]


async def roots(raw: Raw, found: Collection[Subject], kept: Collection[Findable]) -> dict[UUID, Roots]:
    """As `search.roots`, with every hold that any group of the console has read."""
    rows = await raw.fetch(_HOLDS, list(origins_of(found, kept)))
    return rooted(found, kept, {UUID(int=row["id"].int): Hold(frozenset(row["denials"])) for row in rows})


def _guess(row: Any) -> Guess:
    id_ = UUID(int=row["subject_id"].int)
    return Guess(id_, row["aggregate"], Place(row["touched"], id_))
