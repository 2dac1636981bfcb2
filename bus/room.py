"""How much a group may keep parked of one topic. Past that it stops reading: a flood is a bug, not a poison."""

from collections.abc import Sequence
from dataclasses import dataclass

from bus.database import Raw
from bus.errors import ParkingFull
from bus.limits import Limits
from bus.parking import BEHIND, Parked

_HELD = """
select (select count(*) from (select from parked_event where grp = $1 and topic = $2 limit $3) as held) as events,
       (select count(*) from (select from parked_key where grp = $1 and topic = $2 limit $4) as held) as keys
"""


@dataclass(frozen=True, slots=True)
class Room:
    """What one group may still park of one topic."""

    group: str
    topic: str
    limits: Limits

    async def claim(self, raw: Raw, parked: Sequence[Parked]) -> None:
        """Return if these can be parked too, else raise `ParkingFull`.

        Members that park at the same moment do not see each other's: together they may pass the limit by a batch.
        """
        keys = {one.record.key for one in parked if one.key and one.record.key is not None and one.reason != BEHIND}
        if parked:
            await self._look(raw, len(parked), len(keys))

    async def full(self, raw: Raw) -> str | None:
        """Why not even one more event could be parked; None if it could."""
        try:
            await self._look(raw, 1, 1)
        except ParkingFull as full:
            return str(full)
        return None

    async def _look(self, raw: Raw, events: int, keys: int) -> None:
        limits = self.limits
        held = await raw.fetchrow(_HELD, self.group, self.topic, limits.events, limits.keys)
        if held["events"] + events > limits.events:
            raise ParkingFull(f"{held['events']} of at most {limits.events} events are parked")
        if held["keys"] + keys > limits.keys:
            raise ParkingFull(f"{held['keys']} of at most {limits.keys} keys are parked")
