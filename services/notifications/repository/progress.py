"""How far tips have come."""

from collections.abc import Collection, Sequence
from uuid import UUID

from bus.database import Raw
from services.notifications.model.progress import Progress

_NOTE = """
insert into tip_state as known (tip, state, sequence)
select * from unnest($1::uuid[], $2::text[], $3::bigint[])
on conflict (tip) do update set state = excluded.state, sequence = excluded.sequence
where known.sequence < excluded.sequence
"""
_FIND = "select tip, state from tip_state where tip = any($1::uuid[])"


async def note(raw: Raw, found: Sequence[Progress]) -> None:
    """Keep these states; one that comes again, or after a later one, changes nothing."""
    if found:
        await raw.execute(
            _NOTE, [one.tip for one in found], [one.state for one in found], [one.sequence for one in found]
        )


async def states(raw: Raw, tips: Collection[UUID]) -> dict[UUID, str]:
    """The states of these tips, as far as they are known."""
    rows = await raw.fetch(_FIND, list(tips)) if tips else ()
    return {row["tip"]: row["state"] for row in rows}
