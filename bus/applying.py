"""Applying a batch: one transaction that moves the offset row first, then carries out the plan made of the records."""

from collections.abc import Mapping, Sequence

import structlog

from bus.broker import Partition
from bus.carrying import NONE, Carrier, Received
from bus.counts import Counts, Settlement
from bus.errors import Fenced, ParkingFull
from bus.fence import advance
from bus.gate import Place
from bus.limits import Limits
from bus.listening import Listening
from bus.message import Record
from bus.parking import BEHIND, Parked, Parking
from bus.retry import passing
from bus.room import Room
from bus.uow import UnitsOfWork

__all__ = ["Applier", "Counts"]

log = structlog.get_logger(__name__)


class Applier:
    """Applies batches of one group. Counts by topic."""

    def __init__(self, units: UnitsOfWork, listening: Listening, limits: Limits) -> None:
        self.counts: dict[str, Counts] = {}
        self._units = units
        self._limits = limits
        self._tracing = units.context.tracing
        self._carrier = Carrier(listening, self._tracing)

    def update(self, listening: Listening) -> None:
        """Apply by this from the next batch on."""
        self._carrier = Carrier(listening, self._tracing)

    async def full(self, topic: str) -> str | None:
        """Why nothing more of the topic can be parked; None if it can."""
        async with self._units.begin() as unit:
            return await self._room(topic).full(unit.raw)

    async def apply(self, place: Place, records: Sequence[Record]) -> None:
        """Apply, skip or park every record and move `place` on: in one transaction or, if a handler fails, in halves.

        One record that fails in a batch of n costs some 2 log2 n transactions. Raises a transient error, `Fenced`, or
        `ParkingFull` at the first record that would have to be parked, with everything before it kept and nothing
        after it begun.
        """
        if records:
            await self._tried(place, self._carrier.receive(place.partition.topic, records))

    async def _tried(self, place: Place, batch: Sequence[Received]) -> bool:
        """Apply the batch in one piece or in halves; whether one piece was enough."""
        try:
            await self._commit(place, batch)
        except Exception as error:
            final = isinstance(error, ParkingFull) and len(batch) == 1
            if final or passing(error) or isinstance(error, Fenced):
                raise
            await self._halve(place, batch, error)
            return False
        return True

    async def _halve(self, place: Place, batch: Sequence[Received], error: Exception) -> None:
        """Apply a batch that failed as a whole."""
        if len(batch) == 1:
            await self._commit(place, batch, {batch[0].record.offset: error})
            return
        middle = len(batch) // 2
        left, right = batch[:middle], batch[middle:]
        if await self._tried(place, left) and len(right) > 1:
            # What failed is in the right half, then: it need not be tried whole to know.
            await self._halve(place, right, error)
        else:
            await self._tried(place, right)

    async def _commit(self, place: Place, batch: Sequence[Received], failed: Mapping[int, Exception] = NONE) -> None:
        if place.grip is None:
            raise Fenced
        group, partition = self._carrier.group, place.partition
        since, to = place.grip.next_offset, batch[-1].record.offset + 1
        async with self._units.begin() as unit:
            await advance(unit.raw, group, partition, place.grip, to)
            outcome = await self._carrier.carry_out(partition.topic, batch, unit, failed=failed)
            await self._room(partition.topic).claim(unit.raw, outcome.parked)
            await Parking(group, partition.topic).park(unit.raw, outcome.parked)
            await Settlement(outcome.counts, outcome.moved, to - since).save(unit.raw, group, partition)
        place.moved(to)
        self.counts.setdefault(partition.topic, Counts()).add(outcome.counts)
        self._tell(partition, outcome.parked)

    def _room(self, topic: str) -> Room:
        return Room(self._carrier.group, topic, self._limits)

    def _tell(self, partition: Partition, parked: Sequence[Parked]) -> None:
        for one in parked:
            # What only waits its turn is no news: the alarm was given for the record that it waits behind.
            tell = log.info if one.reason == BEHIND else log.error
            tell(
                "event_parked",
                group=self._carrier.group,
                topic=partition.topic,
                part=partition.number,
                offset=one.record.offset,
                reason=one.reason,
                error=one.error,
            )
