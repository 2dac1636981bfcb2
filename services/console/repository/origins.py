"""What cases grew from, and holds on it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from bus.database import Raw
from services.console.model.roots import Hold, Roots

_LOCK = """
insert into origin (id) select id from unnest($1::uuid[]) as id order by id
on conflict (id) do update set id = excluded.id
returning id, denials"""
_HOLD = """
update origin as o set denials = string_to_array(n.denials, ' '), change = nextval('change_number')
from unnest($1::uuid[], $2::text[]) as n (id, denials) where o.id = n.id and o.denials = '{}'
returning o.id, o.change"""
_ERASE = (
    "update origin set erased = nextval('change_number') where id = any($1::uuid[]) and erased = 0 returning erased"
)
# Only who was shown it in full has a value of it on the page.
_LOST = """
select exists (
  select from timeline_entry as e join origin as o on o.id = e.origin
  where e.case_id = $1 and e.audience ->> $2 = 'full' and e.change <= $3 and o.erased > $3
)"""
_GROWN = "select distinct case_id from timeline_entry where origin = any($1::uuid[])"
_OF_CASES = """
select distinct e.case_id, o.id, o.denials, o.change
from timeline_entry as e join origin as o on o.id = e.origin where e.case_id = any($1::uuid[])"""


async def lock(raw: Raw, origins: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Lock these origins until the transaction ends; tells the denials of each, none where it is not held."""
    return {row["id"]: frozenset(row["denials"]) for row in await raw.fetch(_LOCK, list(origins))}


async def grown_from(raw: Raw, origins: Collection[UUID]) -> list[UUID]:
    """The cases that these origins contributed to."""
    return [row["case_id"] for row in await raw.fetch(_GROWN, list(origins))]


async def hold(raw: Raw, denials: Mapping[UUID, frozenset[str]]) -> dict[UUID, int]:
    """Hold these locked origins; returns the change numbers of those that were not held before.

    Call it under the locks of the cases that grew from them: change numbers of one case rise in the order of commits.
    """
    tokens = [" ".join(sorted(found)) for found in denials.values()]
    return {row["id"]: row["change"] for row in await raw.fetch(_HOLD, list(denials), tokens)}


async def erase(raw: Raw, origins: Collection[UUID]) -> int:
    """Remember that these locked origins are erased; returns the last change number, 0 where all were so before.

    Call it under the locks of the cases that grew from them, as `hold`.
    """
    return max((row["erased"] for row in await raw.fetch(_ERASE, list(origins))), default=0)


async def erased_since(raw: Raw, case: UUID, unit: str, change: int) -> bool:
    """Whether the unit, when it read the case up to `change`, was shown values that were erased since."""
    return bool(await raw.fetchval(_LOST, case, unit, change))


async def roots(raw: Raw, cases: Collection[UUID]) -> dict[UUID, Roots]:
    """What each of these cases grew from, with every hold."""
    origins: defaultdict[UUID, set[UUID]] = defaultdict(set)
    holds: dict[UUID, Hold] = {}
    for row in await raw.fetch(_OF_CASES, list(cases)):
        origins[row["case_id"]].add(row["id"])
        if row["denials"]:
            holds[row["id"]] = Hold(frozenset(row["denials"]), row["change"])
    return {
        case: Roots(frozenset(found), {id_: holds[id_] for id_ in found if id_ in holds})
        for case, found in origins.items()
    }
