"""Which (source, id) pairs arrived, for as long as the same pair is known again: one statement for any number."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

KEPT = timedelta(days=90)
"""For how long a pair is known again."""

Pair = tuple[str, str]
"""Source and id of an event."""

_NOTE = """
insert into arrival as known (source, id, digest, arrived_at)
select said.source, said.id, said.digest, $4
from unnest($1::text[], $2::text[], $3::bytea[]) as said (source, id, digest)
on conflict (source, id) do update set digest = excluded.digest, arrived_at = excluded.arrived_at
where known.arrived_at < $5
returning source, id
"""
_EARLIER = """
select known.source, known.id, known.digest
from arrival as known
join unnest($1::text[], $2::text[]) as said (source, id) using (source, id)
"""
_FORGET = """
delete from arrival where (source, id) in (
  select source, id from arrival where arrived_at < $1 order by arrived_at limit $2)
"""


async def note_arrivals(raw: Any, said: Mapping[Pair, bytes], now: datetime) -> dict[Pair, bytes]:
    """Remember what was said under these pairs; returns what earlier arrivals said, for the pairs known before."""
    if not said:
        return {}
    sources, ids = [source for source, _ in said], [id_ for _, id_ in said]
    rows = await raw.fetch(_NOTE, sources, ids, list(said.values()), now, now - KEPT)
    new = {(row["source"], row["id"]) for row in rows}
    known = [pair for pair in said if pair not in new]
    if not known:
        return {}
    earlier = await raw.fetch(_EARLIER, [source for source, _ in known], [id_ for _, id_ in known])
    return {(row["source"], row["id"]): row["digest"] for row in earlier}


async def forget_arrivals(raw: Any, now: datetime, limit: int) -> int:
    """Delete pairs that would not be known again, the oldest first, at most `limit`; returns how many."""
    done: str = await raw.execute(_FORGET, now - KEPT, limit)
    return int(done.rpartition(" ")[2])
