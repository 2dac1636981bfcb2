"""Reading timelines for one viewer. Entries come as they are kept; what may be seen of them is the caller's to cut."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from bus.database import Raw
from services.console.model.entry import Kept
from services.console.repository.timelines import entry

_COLUMNS = "case_id, event_id, kind, acttime, recordedtime, audience, origin, change, headers, payload"
_SNAPSHOT = "set transaction isolation level repeatable read"
_CHANGE = "select change from case_row where id = $1"
_OF_CASE = f"""
select {_COLUMNS} from timeline_entry where case_id = $1 and change > $2 and audience ? $3
order by acttime, recordedtime, event_id"""  # noqa: S608 - built of constants
# Of each kind the first entry tells what a row of the list shows; the rest of it is only counted.
_HEADS = f"""
select distinct on (case_id, kind) {_COLUMNS} from timeline_entry
where case_id = any($1::uuid[]) and audience ? $2 and (origin is null or origin <> all($3::uuid[]))
order by case_id, kind, acttime, recordedtime, event_id"""  # noqa: S608 - built of constants
_GROWN = f"""
select {_COLUMNS} from timeline_entry where origin = any($1::uuid[]) and audience ? $2
order by acttime, recordedtime, event_id"""  # noqa: S608 - built of constants
_COUNTS = """
select case_id, count(*) as entries from timeline_entry
where case_id = any($1::uuid[]) and audience ? $2 and (origin is null or origin <> all($3::uuid[]))
group by case_id"""


async def snapshot(raw: Raw) -> None:
    """Make all that this transaction reads from now on one moment; call it first.

    Without it a hold could be committed between the reading of holds and of what they take away.
    """
    await raw.execute(_SNAPSHOT)


async def change_of(raw: Raw, case_id: UUID) -> int:
    """The last change of a case; 0 where there is no such case."""
    return await raw.fetchval(_CHANGE, case_id) or 0


async def of_case(raw: Raw, case_id: UUID, unit: str, after: int = 0) -> list[Kept]:
    """The entries whose audience names the unit and that came after a change, in display order."""
    return [_kept(row) for row in await raw.fetch(_OF_CASE, case_id, after, unit)]


async def heads(raw: Raw, cases: Collection[UUID], unit: str, without: Collection[UUID]) -> list[Kept]:
    """The first entry of each kind of each case, as far as the audience names the unit, save of these origins."""
    return [_kept(row) for row in await raw.fetch(_HEADS, list(cases), unit, list(without))]


async def grown(raw: Raw, origins: Collection[UUID], unit: str) -> list[Kept]:
    """The entries that these origins brought into cases, as far as the audience names the unit."""
    return [_kept(row) for row in await raw.fetch(_GROWN, list(origins), unit)]


async def counts(raw: Raw, cases: Collection[UUID], unit: str, without: Collection[UUID]) -> dict[UUID, int]:
    """How many entries of each case the audience shows the unit, save of these origins."""
    return {row["case_id"]: row["entries"] for row in await raw.fetch(_COUNTS, list(cases), unit, list(without))}


def _kept(row: Any) -> Kept:
    return Kept(entry(row), row["change"], row["headers"], row["payload"])
