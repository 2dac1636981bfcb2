"""How much lies parked now, for who watches the bus."""

from collections.abc import Collection, Mapping

from bus.backlog import MOST
from bus.database import Raw

_ASK = """
select grp, count(*) as records
from (select grp from parked_event where not (topic = any($1::text[])) limit $2::int) as parked
group by grp
"""


async def parked_count(raw: Raw, hidden: Collection[str] = ()) -> Mapping[str, int]:
    """Parked records by group, those of the topics `hidden` left out; at most `MOST` are counted."""
    return {row["grp"]: row["records"] for row in await raw.fetch(_ASK, list(hidden), MOST)}
