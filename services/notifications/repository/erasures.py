"""What feeds tell of one dossier: who was shown it, and how far each unit has read."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bus.database import Raw
from schemas.events.dossier import DossierErased
from schemas.views import View
from services.notifications.model.row import COLUMNS, FeedRow
from services.notifications.repository.copies import RETENTION

ERASED = DossierErased.type_name()

# A pointer to a case tells nothing of what the case grew from, so who saw no more than that is told of no end of it.
_CARRIERS = """
select subject as dossier, unit, view from feed where subject = any($1::uuid[]) group by 1, 2, 3
union
select related, unit, view from feed where related = any($1::uuid[]) and view <> 'pointer' group by 1, 2, 3
"""
_NAMES = ", ".join(f"f.{name}" for name in COLUMNS)
_SHOWN = f"""
select f.id, {_NAMES}, max(c.written_at) as written_at
from feed as f left join feed_copy as c on c.rows @> array[f.id] and c.written_at >= $2
where f.subject = $1 or (f.related = $1 and f.view <> 'pointer')
group by f.id, {_NAMES} order by f.unit, f.number
"""  # noqa: S608 - built of constants
_PULLED = """
insert into feed_pull as p (unit, number, at)
select unit, least($2::bigint, last), $3 from feed_counter where unit = $1 and last >= 1
on conflict (unit) do update set number = excluded.number, at = excluded.at where p.number < excluded.number
"""
_POSITIONS = "select unit, number, at from feed_pull where unit = any($1::text[])"


@dataclass(frozen=True, slots=True)
class Showing:
    """One feed row about a dossier, and when its unit's topic last took it opened; None where it holds none now."""

    row: FeedRow
    written_at: datetime | None

    @property
    def until(self) -> datetime | None:
        """When the topic lets go of it."""
        return self.written_at + RETENTION if self.written_at else None


@dataclass(frozen=True, slots=True)
class Pulled:
    """A unit's system has everything up to this number, as its own request said."""

    number: int
    at: datetime


async def carriers(raw: Raw, dossiers: Collection[UUID]) -> dict[UUID, dict[str, View]]:
    """By dossier, the units whose feeds carried something of it, each with the widest view it had."""
    found: defaultdict[UUID, dict[str, View]] = defaultdict(dict)
    for row in await raw.fetch(_CARRIERS, list(dossiers)) if dossiers else ():
        widest = found[UUID(int=row["dossier"].int)]
        widest[row["unit"]] = max(View.of(row["view"]), widest.get(row["unit"], View.NONE))
    return dict(found)


async def shown(raw: Raw, dossier: UUID, now: datetime) -> list[Showing]:
    """Every feed row that names the dossier to its unit, in the order of units and numbers."""
    rows = await raw.fetch(_SHOWN, dossier, now - RETENTION)
    return [Showing(FeedRow.of(row["id"], row), row["written_at"]) for row in rows]


async def note_pull(raw: Raw, unit: str, number: int, now: datetime) -> None:
    """Remember that the unit's system has read up to a number; one that is not beyond the last is passed over."""
    await raw.execute(_PULLED, unit, number, now)


async def positions(raw: Raw, units: Collection[str]) -> dict[str, Pulled]:
    """How far the systems of these units have read over HTTP; those that never did are left out."""
    return {row["unit"]: Pulled(row["number"], row["at"]) for row in await raw.fetch(_POSITIONS, list(units))}
