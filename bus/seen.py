"""The last sequence that a group applied of each aggregate, read and written once a batch."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from bus.database import Raw

_LOAD = "select aggregate, last_sequence from seen where grp = $1 and topic = $2 and aggregate = any($3)"
_SAVE = """
insert into seen as known (grp, topic, aggregate, last_sequence)
select $1, $2, * from unnest($3::uuid[], $4::bigint[])
on conflict (grp, topic, aggregate) do update set last_sequence = excluded.last_sequence
where known.last_sequence < excluded.last_sequence
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one group has applied of one topic."""

    group: str
    topic: str

    async def load(self, raw: Raw, aggregates: Collection[UUID]) -> dict[UUID, int]:
        """The last sequence applied of each of these; aggregates never met are left out."""
        rows = await raw.fetch(_LOAD, self.group, self.topic, list(aggregates)) if aggregates else ()
        return {_uuid(row["aggregate"]): row["last_sequence"] for row in rows}

    async def save(self, raw: Raw, last: Mapping[UUID, int]) -> None:
        """Keep the last sequences of a batch."""
        if last:
            await raw.execute(_SAVE, self.group, self.topic, list(last), list(last.values()))


def _uuid(value: UUID) -> UUID:
    """The standard library's UUID: asyncpg gives its own subclass, which is slower to compare."""
    return UUID(int=value.int)
