"""Carrying parked events out after all: in their order, each with its effects, its row and its key in one transaction.

It runs in the process that has the handlers, beside the consumer, which goes on: see `bus/parked_line.py`.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bus.carrying import Carrier
from bus.errors import Hides, NobodyReads, NotParked, OutOfOrder
from bus.listening import Listening
from bus.parked import ParkedAt, ParkedRecord, parked_record
from bus.parked_acts import Noted, Who, note
from bus.parked_line import Line
from bus.parking import Parked, because
from bus.retry import passing
from bus.seen import Seen
from bus.uow import UnitOfWork, UnitsOfWork

RUN = 50
"""Events of a key in one transaction: what takes back stands behind what it takes back, and goes out with it."""
RUN_SECONDS = 2.0
"""After which a transaction begins no further event: a batch that reads the key is waiting for it."""

_LEFT = "select count(*) from parked_event"
_NOW = "select clock_timestamp()"
# The first of each line, and each that is parked alone, unless the line was tried since: one try a sweep.
_UNTRIED = """
select one.grp, one.topic, one.part, one.record_offset from parked_event one
left join parked_key line on (line.grp, line.topic, line.msg_key) = (one.grp, one.topic, one.msg_key)
where (one.grp, one.topic) in (select * from unnest($1::text[], $2::text[]))
and one.parked_at < $3 and (one.tried_at is null or one.tried_at < $3)
and (line.msg_key is null or not exists (
  select from parked_event other
  where (other.grp, other.topic, other.msg_key) = (one.grp, one.topic, one.msg_key)
  and (other.record_offset < one.record_offset or other.tried_at >= $3)))
order by one.grp, one.topic, one.part, one.record_offset limit $4
"""

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
class Swept:
    """One step of a sweep over everything; begun again with `began` it goes on, until it is not `more`."""

    began: datetime
    redriven: Redriven
    more: bool


class Redrive:
    """Redrives for the groups whose consumers run in this process; `listenings` are what those read at the moment.

    `lasting` tells topics of which nothing is ever taken back; of any other, an event behind which others wait is
    redriven with its whole key or not at all.
    """

    def __init__(
        self,
        units: UnitsOfWork,
        listenings: Callable[[], Iterable[Listening]],
        lasting: Callable[[str], bool] = lambda _topic: True,
    ) -> None:
        self._units = units
        self._listenings = listenings
        self._lasting = lasting

    def listening(self, at: ParkedAt) -> Listening | None:
        """What the group of this event listens to, if its consumer is here and reads the topic."""
        found = (one for one in self._listenings() if one.group == at.group and at.topic in one.all_topics())
        return next(found, None)

    async def event(self, at: ParkedAt, who: Who) -> Redriven:
        """Redrive one event alone. Raises `NotParked`, `OutOfOrder`, `Hides`, `NobodyReads`, or a transient error."""
        listening = self._reads(at)
        async with self._units.begin() as unit:
            line = await Line.hold(unit.raw, at)
            if line is None or await parked_record(unit.raw, at) is None:
                raise NotParked
            first = await line.next(unit.raw, 1)
            if not first or first[0].at != at:
                raise OutOfOrder
            if not self._lasting(at.topic) and await line.waiting(unit.raw) > 1:
                raise Hides
            return await _Run(Carrier(listening), line, unit, who).carry_out(first)

    async def key(self, at: ParkedAt, who: Who, most: int | None = None) -> Redriven:
        """Redrive the key of an event, in order, until one fails or `most` were tried. Raises as `event` does.

        What was carried out before a transient error stays so.
        """
        listening, found, done = self._reads(at), Redriven(), False
        while not done:
            limit = RUN if most is None else min(RUN, most - found.tried)
            async with self._units.begin() as unit:
                line = await Line.hold(unit.raw, at)
                if line is None and not found.tried:
                    raise NotParked
                if line is None:
                    # Somebody else carried on with it.
                    break
                first = await line.next(unit.raw, limit)
                found.add(await _Run(Carrier(listening), line, unit, who).carry_out(first))
                # The event by which the line was found may have left it.
                at = found.next or at
            done = bool(found.failed) or not found.left or (most is not None and found.tried >= most)
        return found

    async def sweep(self, who: Who, began: datetime | None, most: int) -> Swept:
        """Redrive what was parked before `began`, every key once, until `most` events were tried; None begins now.

        An event that fails keeps its key where it is and hinders no other. Raises transient errors; then go on from
        `began`.
        """
        async with self._units.begin() as unit:
            since: datetime = began or await unit.raw.fetchval(_NOW)
        found, more = Redriven(), True
        while more and found.tried < most:
            lines = await self._untried(since)
            more = bool(lines)
            for at in lines:
                if found.tried < most:
                    found.add(await self._one_of_many(at, who, most - found.tried))
        async with self._units.begin() as unit:
            found.left, found.next = await unit.raw.fetchval(_LEFT), None
        return Swept(since, found, more)

    async def _one_of_many(self, at: ParkedAt, who: Who, most: int) -> Redriven:
        try:
            return await self.key(at, who, most)
        except NotParked:
            # Somebody else redrove or discarded it since the look.
            return Redriven()

    async def _untried(self, since: datetime) -> list[ParkedAt]:
        pairs = [(one.group, topic) for one in self._listenings() for topic in one.all_topics()]
        groups, topics = [group for group, _ in pairs], [topic for _, topic in pairs]
        async with self._units.begin() as unit:
            return [ParkedAt(*row) for row in await unit.raw.fetch(_UNTRIED, groups, topics, since, RUN)]

    def _reads(self, at: ParkedAt) -> Listening:
        listening = self.listening(at)
        if listening is None:
            raise NobodyReads
        return listening


@dataclass(frozen=True, slots=True)
class _Run:
    """Some events of one line in one transaction."""

    carrier: Carrier
    line: Line
    unit: UnitOfWork
    who: Who

    async def carry_out(self, events: Sequence[ParkedRecord]) -> Redriven:
        found, acts = Redriven(), list[Noted]()
        until = asyncio.get_running_loop().time() + RUN_SECONDS
        for one in events:
            acts.append(await self._one(one, found))
            if found.failed or asyncio.get_running_loop().time() > until:
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
