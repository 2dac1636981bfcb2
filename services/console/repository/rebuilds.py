"""Rebuilds of projections, as rows that say how far each is, and where groups stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.database import Raw, json_text

_ASK = """
insert into projection_rebuild (id, projection, state, barrier, reason, actor, asked_at)
values ($1, $2, 'building', $3, $4, $5, $6)
on conflict (projection) where state = 'building' do nothing returning *
"""
_LATEST = "select * from projection_rebuild where projection = $1 order by id desc limit 1"
_BUILDING = "select * from projection_rebuild where state = 'building' order by id"
_END = "update projection_rebuild set state = $2, ended_at = $3, hashes = $4 where id = $1 and state = $5 returning id"
_PLACES = "select topic, part, next_offset from console.consumer_offset where grp = $1 order by topic, part for update"

Places = Mapping[tuple[str, int], int]
"""The next offset by topic and partition."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """One rebuild; `barrier` is where the log ended when it began. States: building, switched, rolled_back."""

    id: UUID
    projection: str
    state: str
    barrier: Places
    reason: str
    actor: Mapping[str, Any]
    asked_at: datetime
    ended_at: datetime | None
    hashes: Mapping[str, str]

    @property
    def group(self) -> str:
        """What its group is called after the live one's name."""
        return f"@{self.id}"


async def ask(raw: Raw, rebuild: Rebuild) -> bool:
    """Keep it; False where the projection is being rebuilt already."""
    barrier = json_text([[topic, part, end] for (topic, part), end in rebuild.barrier.items()])
    told = (barrier, rebuild.reason, json_text(dict(rebuild.actor)), rebuild.asked_at)
    return await raw.fetchrow(_ASK, rebuild.id, rebuild.projection, *told) is not None


async def latest(raw: Raw, projection: str) -> Rebuild | None:
    """The last one of a projection."""
    row = await raw.fetchrow(_LATEST, projection)
    return None if row is None else _rebuild(row)


async def building(raw: Raw) -> list[Rebuild]:
    """Those at work."""
    return [_rebuild(row) for row in await raw.fetch(_BUILDING)]


async def end(raw: Raw, rebuild: Rebuild, state: str, at: datetime, hashes: Mapping[str, str]) -> bool:
    """Bring it to another state; False where it is not in its own any more."""
    return bool(await raw.fetchval(_END, rebuild.id, state, at, json_text(dict(hashes)), rebuild.state))


async def places(raw: Raw, group: str) -> Places:
    """Where a group stands; it stays there until the transaction ends."""
    return {(row["topic"], row["part"]): row["next_offset"] for row in await raw.fetch(_PLACES, group)}


def _rebuild(row: Any) -> Rebuild:
    return Rebuild(
        id=row["id"],
        projection=row["projection"],
        state=row["state"],
        barrier={(topic, part): end_ for topic, part, end_ in row["barrier"]},
        reason=row["reason"],
        actor=row["actor"],
        asked_at=row["asked_at"],
        ended_at=row["ended_at"],
        hashes=row["hashes"],
    )
