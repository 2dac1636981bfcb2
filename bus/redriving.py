"""Carrying parked events out after all: in their order, each with its effects, its row and its key in one transaction.

It runs in the process that has the handlers, beside the consumer, which goes on: see `bus/parked_line.py`.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bus.carrying import Carrier
from bus.errors import Hides, NobodyReads, NotParked, OutOfOrder
from bus.listening import Listening
from bus.parked import ParkedAt, parked_record
from bus.parked_acts import Who
from bus.parked_line import Line
from bus.redriven import Redriven, Run
from bus.uow import UnitsOfWork

RUN = 50
"""Events of a key in one transaction: what takes back stands behind what it takes back, and goes out with it."""
CALL_SECONDS = 10.0
"""After which a bounded call begins no further transaction: somebody waits for its answer."""

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
            return await Run(Carrier(listening, unit.context.tracing), line, unit, who).carry_out(first)

    async def key(self, at: ParkedAt, who: Who, most: int | None = None) -> Redriven:
        """Redrive the key of an event, in order, until one fails or `most` were tried. Raises as `event` does.

        With `most` it ends within seconds too. What was carried out before a transient error stays so.
        """
        listening, found, done = self._reads(at), Redriven(), False
        until = _now() + CALL_SECONDS
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
                found.add(await Run(Carrier(listening, unit.context.tracing), line, unit, who).carry_out(first))
                # The event by which the line was found may have left it.
                at = found.next or at
            enough = most is not None and (found.tried >= most or _now() > until)
            done = bool(found.failed) or not found.left or enough
        return found

    async def sweep(self, who: Who, began: datetime | None, most: int) -> Swept:
        """Redrive what was parked before `began`, every key once, `most` events or some seconds; None begins now.

        An event that fails keeps its key where it is and hinders no other. Raises transient errors; then go on from
        `began`.
        """
        async with self._units.begin() as unit:
            since: datetime = began or await unit.raw.fetchval(_NOW)
        found, more, until = Redriven(), True, _now() + CALL_SECONDS
        while more and found.tried < most and _now() <= until:
            lines = await self._untried(since)
            more = bool(lines)
            for at in lines:
                if found.tried < most and _now() <= until:
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


def _now() -> float:
    return asyncio.get_running_loop().time()
