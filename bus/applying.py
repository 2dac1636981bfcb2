"""Applying a batch: one transaction that moves the offset row first, then carries out the plan made of the records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import structlog

from bus.broker import Partition
from bus.errors import BusError, Fenced, Undecodable
from bus.fence import advance
from bus.frame import Frame, frame
from bus.gate import Place
from bus.listening import Listening
from bus.message import Record, Trust
from bus.parking import BEHIND, Parked, Parking, because
from bus.plan import Plan, Rules
from bus.retry import passing
from bus.seen import Seen
from bus.uow import UnitOfWork, UnitsOfWork

log = structlog.get_logger(__name__)

_NONE: Mapping[int, Exception] = MappingProxyType({})


@dataclass(slots=True)
class Counts:
    """What became of records, counted once their transaction is committed: consumed = applied + skipped + parked."""

    consumed: int = 0
    applied: int = 0
    skipped: int = 0
    parked: int = 0

    def add(self, other: "Counts") -> None:
        """Count these too."""
        self.consumed += other.consumed
        self.applied += other.applied
        self.skipped += other.skipped
        self.parked += other.parked


class Applier:
    """Applies batches of one group. Counts by topic."""

    def __init__(self, units: UnitsOfWork, listening: Listening) -> None:
        self.counts: dict[str, Counts] = {}
        self._units = units
        self._tracing = units.context.tracing
        self._listening = listening
        self._by_type = listening.by_type()

    def update(self, listening: Listening) -> None:
        """Apply by this from the next batch on."""
        self._listening = listening
        self._by_type = listening.by_type()

    async def apply(self, place: Place, records: Sequence[Record]) -> None:
        """Apply, skip or park every record and move `place` on: in one transaction or, if a handler fails, in one each.

        Raises a transient error, or `Fenced`, with everything before it kept and nothing after it begun.
        """
        try:
            await self._commit(place, records)
        except Exception as error:
            if passing(error) or isinstance(error, Fenced):
                raise
            await self._one_by_one(place, records, error)

    async def _one_by_one(self, place: Place, records: Sequence[Record], error: Exception) -> None:
        if len(records) == 1:
            await self._commit(place, records, MappingProxyType({records[0].offset: error}))
            return
        for record in records:
            await self.apply(place, [record])

    async def _commit(self, place: Place, records: Sequence[Record], failed: Mapping[int, Exception] = _NONE) -> None:
        if place.grip is None:
            raise Fenced
        to = records[-1].offset + 1
        async with self._units.begin() as unit:
            await advance(unit.raw, self._listening.group, place.partition, place.grip, to)
            counts, parked = await self._carry_out(place.partition, records, failed, unit)
        place.moved(to)
        self.counts.setdefault(place.partition.topic, Counts()).add(counts)
        self._tell(place.partition, parked)

    async def _carry_out(
        self, partition: Partition, records: Sequence[Record], failed: Mapping[int, Exception], unit: UnitOfWork
    ) -> tuple[Counts, Sequence[Parked]]:
        if partition.topic in self._listening.raw:
            with self._tracing.handling(self._listening.group, partition.topic, ()):
                return await self._hand_over(records, failed, unit)
        plan = await self._plan(partition.topic, records, failed, unit)
        for run in plan.runs:
            causes = [event.envelope.traceparent for event in run.events] if self._tracing.on else ()
            with self._tracing.handling(self._listening.group, partition.topic, causes):
                await run.handler(run.events, unit)
        await Parking(self._listening.group, partition.topic).park(unit.raw, plan.parked)
        await Seen(self._listening.group, partition.topic).save(unit.raw, plan.moved)
        return Counts(len(records), plan.applied, plan.skipped, len(plan.parked)), plan.parked

    async def _hand_over(
        self, records: Sequence[Record], failed: Mapping[int, Exception], unit: UnitOfWork
    ) -> tuple[Counts, Sequence[Parked]]:
        """A raw topic's handler answers for itself; only what breaks it is parked, and never its key."""
        parked = [because(one, failed[one.offset], key=False) for one in records if one.offset in failed]
        sound = [one for one in records if one.offset not in failed]
        if sound and self._listening.raw_handler is not None:
            await self._listening.raw_handler(sound, unit)
        if parked:
            await Parking(self._listening.group, records[0].topic).park(unit.raw, parked)
        return Counts(len(records), len(sound), 0, len(parked)), parked

    async def _plan(
        self, topic: str, records: Sequence[Record], failed: Mapping[int, Exception], unit: UnitOfWork
    ) -> Plan:
        trust = self._listening.trust(topic)
        found = [_read(record, trust) for record in records]
        keys = {record.key for record in records if record.key is not None}
        aggregates = {one.aggregate for one in found if isinstance(one, Frame) and one.aggregate is not None}
        plan = Plan(
            Rules(self._by_type, trust is Trust.LOG, self._listening.replaying),
            held=await Parking(self._listening.group, topic).held(unit.raw, keys),
            last=await Seen(self._listening.group, topic).load(unit.raw, aggregates),
            failed=failed,
        )
        for record, one in zip(records, found, strict=True):
            plan.add(record, one)
        return plan

    def _tell(self, partition: Partition, parked: Sequence[Parked]) -> None:
        for one in parked:
            # What only waits its turn is no news: the alarm was given for the record that it waits behind.
            tell = log.info if one.reason == BEHIND else log.error
            tell(
                "event_parked",
                group=self._listening.group,
                topic=partition.topic,
                part=partition.number,
                offset=one.record.offset,
                reason=one.reason,
                error=one.error,
            )


def _read(record: Record, trust: Trust) -> Frame | BusError:
    try:
        return frame(record, trust)
    except BusError as error:
        return error
    except Exception as error:  # noqa: BLE001 - whatever a stranger's bytes provoke, the record is parked for it
        return Undecodable(f"{type(error).__name__} while reading")
