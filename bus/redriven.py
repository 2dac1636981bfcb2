"""One transaction of a redrive: some events of one line, each in a savepoint of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bus.carrying import Carrier
from bus.parked import ParkedAt, ParkedRecord, parked_record
from bus.parked_acts import Noted, Who, note
from bus.parked_line import Line
from bus.parking import Parked, because
from bus.retry import passing
from bus.seen import Seen
from bus.uow import UnitOfWork

RUN_SECONDS = 2.0
"""After which a transaction begins no further event: a batch that reads the key is waiting for it."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Redriven:
    """What came of a redrive: how many events left the parked, which failed again, and how many are `left` behind.

    `next` stands first of those in its line. After a sweep, `left` counts all that this schema still keeps parked.
    """

    applied: int = 0
    skipped: int = 0
    failed: list[ParkedRecord] = field(default_factory=list)
    left: int = 0
    next: ParkedAt | None = None

    @property
    def tried(self) -> int:
        """How many events were tried."""
        return self.applied + self.skipped + len(self.failed)

    def add(self, other: "Redriven") -> None:
        """Count these too; what is left is what was left last."""
        self.applied += other.applied
        self.skipped += other.skipped
        self.failed += other.failed
        self.left, self.next = other.left, other.next


@dataclass(frozen=True, slots=True)
class Run:
    """Some events of one line in one transaction."""

    carrier: Carrier
    line: Line
    unit: UnitOfWork
    who: Who

    async def carry_out(self, events: Sequence[ParkedRecord]) -> Redriven:
        """Carry these out, the first of the line, until one fails; raises transient errors."""
        found, acts = Redriven(), list[Noted]()
        until = _now() + RUN_SECONDS
        for one in events:
            acts.append(await self._one(one, found))
            if found.failed or _now() > until:
                break
        found.left = await self.line.waiting(self.unit.raw)
        found.next = next((one.at for one in await self.line.next(self.unit.raw, 1)), None)
        await note(self.unit.raw, self.who, acts)
        self._tell(acts)
        return found

    async def _one(self, one: ParkedRecord, found: Redriven) -> Noted:
        topic = one.record.topic
        try:
            async with self.unit.savepoint():
                (received,) = self.carrier.receive(topic, [one.record])
                outcome = await self.carrier.carry_out(topic, [received], self.unit, redriving=True)
                await Seen(self.carrier.group, topic).save(self.unit.raw, outcome.moved)
                # Here and not at the end of the transaction: what cannot be sealed fails this event and no other.
                await self.unit.flush()
        except Exception as error:
            if passing(error):
                raise
            return await self._keep(one, because(one.record, error), found)
        if outcome.parked:
            return await self._keep(one, outcome.parked[0], found)
        await self.line.take(self.unit.raw, one)
        found.applied += outcome.counts.applied
        found.skipped += outcome.counts.skipped
        return Noted(one.at, "applied" if outcome.counts.applied else "skipped")

    async def _keep(self, one: ParkedRecord, why: Parked, found: Redriven) -> Noted:
        await self.line.keep(self.unit.raw, one, why)
        kept = await parked_record(self.unit.raw, one.at)
        found.failed.append(kept or one)
        return Noted(one.at, "failed", error=f"{why.reason}: {why.error}")

    def _tell(self, acts: Sequence[Noted]) -> None:
        for one in acts:
            tell = log.error if one.fate == "failed" else log.info
            place = {"group": one.at.group, "topic": one.at.topic, "part": one.at.partition, "offset": one.at.offset}
            tell("event_redriven", fate=one.fate, error=one.error, unit=self.who.unit, **place)


def _now() -> float:
    return asyncio.get_running_loop().time()
