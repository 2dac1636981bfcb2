"""The law that nothing is lost between an offset and its outcome, checked now and then against what the database keeps.

Of every group and partition: next_offset - first_offset = applied + skipped + parked + void, and
parked = held + redriven + discarded. Both sides are written by different statements, so a lost row shows.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bus.database import Database, Raw
from bus.limits import Limits
from bus.retry import passing

# One statement, so that both sides of the law are of one moment.
_TALLIES = """
select place.grp, place.topic, place.part, next_offset - first_offset as passed, applied, skipped, parked, void,
  coalesce(held.events, 0) as held, coalesce(gone.redriven, 0) as redriven, coalesce(gone.discarded, 0) as discarded
from consumer_offset place
left join (select grp, topic, part, count(*) as events from parked_event group by grp, topic, part) held
  on (held.grp, held.topic, held.part) = (place.grp, place.topic, place.part)
left join parked_left gone on (gone.grp, gone.topic, gone.part) = (place.grp, place.topic, place.part)
order by place.grp, place.topic, place.part
"""
_KEYS = """
select grp, topic, count(*) as keys, count(*) filter (where not exists (
  select from parked_event one where (one.grp, one.topic, one.msg_key) = (line.grp, line.topic, line.msg_key)
)) as empty
from parked_key line group by grp, topic
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all that a group passed in one partition, since it was first counted.

    `held` of the `parked` still are, and are of now. The other numbers only rise, but for a log that is accepted anew:
    what was parked of the former one and comes again is counted no more, and then counted again.
    """

    group: str
    topic: str
    partition: int
    passed: int
    applied: int
    skipped: int
    parked: int
    void: int
    held: int
    redriven: int
    discarded: int

    @property
    def unaccounted(self) -> int:
        """How many records are missing, or one too many, on either side of the law; 0 while it holds."""
        passed = self.passed - self.applied - self.skipped - self.parked - self.void
        return abs(passed) + abs(self.parked - self.held - self.redriven - self.discarded)

    def broken(self) -> str | None:
        """How the law does not hold, with the numbers; None if it does."""
        where = f"{self.group} {self.topic}/{self.partition}"
        if self.passed != self.applied + self.skipped + self.parked + self.void or self.void < 0:
            sums = f"{self.applied} applied, {self.skipped} skipped, {self.parked} parked, {self.void} without a record"
            return f"{where}: {self.passed} offsets were passed, but {sums}"
        if self.parked != self.held + self.redriven + self.discarded:
            sums = f"{self.held} are held, {self.redriven} redriven, {self.discarded} discarded"
            return f"{where}: {self.parked} were parked, but {sums}"
        return None


@dataclass(frozen=True, slots=True)
class Holding:
    """How much a group keeps parked of one topic; `empty` of its keys are held though nothing of them is parked."""

    group: str
    topic: str
    events: int
    keys: int
    empty: int

    def near(self, limits: Limits) -> str | None:
        """That the limit is near, with the numbers; None if it is not."""
        if not limits.near(self.events, self.keys):
            return None
        counts = f"{self.events} of at most {limits.events} events, {self.keys} of at most {limits.keys} keys"
        return f"{self.group} {self.topic}: {counts} are parked"


async def tallies(raw: Raw) -> list[Tally]:
    """The tallies of every group and partition in this schema."""
    return [Tally(*row) for row in await raw.fetch(_TALLIES)]


async def holdings(raw: Raw, counted: Sequence[Tally]) -> list[Holding]:
    """What is parked, by group and topic; topics of which nothing is are left out."""
    found = {(row["grp"], row["topic"]): row for row in await raw.fetch(_KEYS)}
    events: dict[tuple[str, str], int] = dict.fromkeys(found, 0)
    for one in counted:
        if one.held:
            events[one.group, one.topic] = events.get((one.group, one.topic), 0) + one.held
    return [
        Holding(*pair, count, found[pair]["keys"] if pair in found else 0, found[pair]["empty"] if pair in found else 0)
        for pair, count in events.items()
    ]


class Ledger:
    """Looks every `every` seconds; what it found last is there for readiness and metrics."""

    def __init__(self, database: Database, limits: Limits, *, every: float = 10.0) -> None:
        self._database = database
        self._limits = limits
        self._every = every
        self._tallies: Sequence[Tally] = ()
        self._holdings: Sequence[Holding] = ()

    @property
    def tallies(self) -> Sequence[Tally]:
        """The tallies of the last look, by group, topic and partition; empty before the first."""
        return self._tallies

    @property
    def holdings(self) -> Sequence[Holding]:
        """What was parked at the last look, by group and topic."""
        return self._holdings

    def violations(self) -> list[str]:
        """Where the law did not hold at the last look, with the numbers."""
        broken = [text for one in self._tallies if (text := one.broken()) is not None]
        empty = [
            f"{one.group} {one.topic}: {one.empty} keys are held for nothing" for one in self._holdings if one.empty
        ]
        return broken + empty

    def warnings(self) -> list[str]:
        """Where so much is parked that the limit is near."""
        return [text for one in self._holdings if (text := one.near(self._limits)) is not None]

    async def run(self, stop: asyncio.Event) -> None:
        """Look now and then until `stop` is set. A database that is away is looked at later."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:
                if not passing(error):
                    raise
                log.warning("ledger_not_read", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._every)

    async def look(self) -> None:
        """Look once. Logs what is new: a broken law, and a limit that came near."""
        broken, near = set(self.violations()), {(one.group, one.topic) for one in self._crowded()}
        async with self._database.transaction() as transaction:
            await transaction.raw.execute("set transaction isolation level repeatable read, read only")
            self._tallies = await tallies(transaction.raw)
            self._holdings = await holdings(transaction.raw, self._tallies)
        for text in self.violations():
            if text not in broken:
                log.error("ledger_broken", reason=text)
        for one in self._crowded():
            if (one.group, one.topic) not in near:
                log.error("parking_near_limit", group=one.group, topic=one.topic, events=one.events, keys=one.keys)

    def _crowded(self) -> list[Holding]:
        return [one for one in self._holdings if one.near(self._limits) is not None]
