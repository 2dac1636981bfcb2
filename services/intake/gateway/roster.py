"""Which units there are today: the topics to read, and what reference data say of a sender."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from bus.errors import Transient
from bus.identity import Clock
from schemas.reference.book import ReferenceBook
from schemas.reference.problems import ReferenceProblemsError
from schemas.reference.validity import vietnam_date
from schemas.topics import Topics
from services.intake.gateway.sender import Sender

LOOK_SECONDS = 30.0
Changed = Callable[[tuple[str, ...]], None]
"""Told of the topics to read from now on."""
Visible = Callable[[], Awaitable[frozenset[str]]]
"""The topics that the broker shows; raises `Transient`."""


class Roster:
    """The units in force, from a folder of reference data that may change while the gateway runs."""

    def __init__(self, folder: Path, topics: Topics, clock: Clock) -> None:
        self._folder = folder
        self._names = topics
        self._clock = clock
        self._stamp = self._written()
        self._book = ReferenceBook.load(folder)
        self._missing: tuple[str, ...] = ()

    def topics(self) -> tuple[str, ...]:
        """`from.<unit>` of every unit in force today."""
        units = self._book.units_at(vietnam_date(self._clock()))
        return tuple(self._names.from_unit(unit.code) for unit in units)

    def sender(self, topic: str) -> Sender:
        """Who sends on this topic. Raises ValueError for a topic that is no unit's."""
        unit = self._names.unit_of(topic)
        if unit is None:
            raise ValueError(f"{topic} is no unit's topic")
        return Sender.of(unit, self._book, vietnam_date(self._clock()))

    def refresh(self) -> None:
        """Read the sheets again if they were written since. Sheets with problems are told of and not taken."""
        stamp = self._written()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._book = ReferenceBook.load(self._folder)
        except ReferenceProblemsError as error:
            structlog.get_logger().error("reference_not_taken", problems=len(error.problems), first=str(error)[:300])

    async def readable(self, visible: Visible, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """The topics that can be read; those of `otherwise` while the broker does not say.

        A unit may be in force before its topic is made. Subscribing to that would keep every other unit waiting, so
        it is left out, told of, and read once it is there.
        """
        try:
            seen = await visible()
        except Transient as error:
            structlog.get_logger().warning("topics_unknown", error=str(error))
            return otherwise
        wanted = self.topics()
        missing = tuple(topic for topic in wanted if topic not in seen)
        if missing and missing != self._missing:
            structlog.get_logger().warning("topics_missing", topics=missing, remedy="run `phoihop stack up`")
        self._missing = missing
        return tuple(topic for topic in wanted if topic in seen) or otherwise

    async def follow(
        self,
        told: tuple[str, ...],
        changed: Changed,
        stop: asyncio.Event,
        *,
        visible: Visible,
        every: float = LOOK_SECONDS,
    ) -> None:
        """Until `stop`, call `changed` with the topics whenever they are others than those `told` last."""
        while not stop.is_set():
            await _wait(stop, every)
            await asyncio.to_thread(self.refresh)
            if (now := await self.readable(visible, told)) != told:
                structlog.get_logger().info("units_changed", units=len(now))
                told = now
                changed(now)

    def _written(self) -> float:
        return max((sheet.stat().st_mtime for sheet in self._folder.glob("*.csv")), default=0.0)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
