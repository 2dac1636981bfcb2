"""Publishing again, by the relay itself: it is the one that sends, so it alone can keep an aggregate's order.

While all of a topic from some event on is published again, new events of that topic wait for their turn in it: sent
before, they would stand in the log ahead of what they follow, and a reader would find a hole. A row of which the resend
has passed the place (a gap of the outbox that filled late) is sent at once, as ever.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from bus.broker import LogPlace
from bus.database import Database
from bus.errors import Transient
from bus.message import Message
from bus.outbox import Row
from bus.resend import Resend, begin, move, read, unfinished

MOST = 2_000
"""Rows of one chunk at most: what waits behind it waits for no longer than its acknowledgement."""
LOOK = 1.0
"""Seconds between two looks for what is asked."""

log = structlog.get_logger(__name__)


class Logs(Protocol):
    """The part of `bus.broker.Broker` that is needed here."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Returns when all are acknowledged; raises `PublishUnknown`."""

    async def describe(self, topic: str) -> LogPlace:
        """The log as it is now; raises `Transient`."""


@dataclass(slots=True)
class _Running:
    """One resend at work; `since` and `done` bound its rate."""

    resend: Resend
    since: float
    done: int = 0

    def allowed(self, now: float) -> int:
        """How many rows may go now."""
        return min(int(self.resend.wanted.rate * (now - self.since)) - self.done, MOST)


class Resending:
    """The resends of one outbox in one process. Nothing here runs by itself: the relay that holds the lease calls."""

    def __init__(self, database: Database, broker: Logs, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._broker = broker
        self._ticks = ticks
        self._running: list[_Running] = []
        self._looked = -LOOK

    def withhold(self, row: Row) -> bool:
        """Whether a new row waits for its turn in a resend."""
        return any(
            one.resend.wanted.onward and one.resend.wanted.topic == row.values["topic"] and row.id > one.resend.position
            for one in self._running
        )

    async def look(self, epoch: int, *, now: bool = False) -> None:
        """Take up what is asked, where it was left. A relay that takes the lease looks before it sends anything."""
        if not now and self._ticks() < self._looked + LOOK:
            return
        self._looked = self._ticks()
        known = {} if now else {one.resend.id: one for one in self._running}
        async with self._database.autocommit() as raw:
            found = await unfinished(raw)
        self._running = [one for one in [known.get(each.id) or await self._begin(each, epoch) for each in found] if one]

    async def step(self, epoch: int, high: int) -> bool:
        """Publish some more of each; returns whether there is more that may go at once.

        `high` is the relay's own: what lies beyond it is not sent yet, and its business.
        """
        more = False
        for one in tuple(self._running):
            more = await self._advance(one, epoch, high) or more
        return more

    async def save(self, epoch: int) -> None:
        """Keep how far all have come. Comes before the cursor is saved, which passes what waits here."""
        async with self._database.autocommit() as raw:
            for one in self._running:
                await move(raw, one.resend, epoch, finished=False)

    async def _begin(self, resend: Resend, epoch: int) -> _Running | None:
        """Ready to go on; None where it has not begun and the topic cannot be looked at: other topics go on."""
        if resend.place is None:
            try:
                # All that this process sent is acknowledged by now: what is published again stands behind the end.
                place = await self._broker.describe(resend.wanted.topic)
            except Transient as error:
                log.warning("resend_waits", topic=resend.wanted.topic, resend=str(resend.id), error=str(error))
                return None
            async with self._database.autocommit() as raw:
                resend = await begin(raw, resend, place, epoch)
        log.info("resend_begins", topic=resend.wanted.topic, resend=str(resend.id), position=resend.position)
        return _Running(resend, self._ticks())

    async def _advance(self, one: _Running, epoch: int, high: int) -> bool:
        limit = min(high, one.resend.wanted.to_id or high)
        rows = one.allowed(self._ticks())
        if rows < 1 and one.resend.position < limit:
            return False
        chunk = await read(self._database, one.resend, limit, max(rows, 1))
        if chunk is None:
            return False
        if chunk.rows:
            await self._broker.publish([_message(row) for row in chunk.rows])
        one.done += len(chunk.rows)
        one.resend = replace(one.resend, position=chunk.position, sent=one.resend.sent + len(chunk.rows))
        if chunk.position >= limit:
            await self._finish(one, epoch)
            return False
        return one.allowed(self._ticks()) > 0

    async def _finish(self, one: _Running, epoch: int) -> None:
        async with self._database.autocommit() as raw:
            await move(raw, one.resend, epoch, finished=True)
        self._running.remove(one)
        log.info("resend_finished", topic=one.resend.wanted.topic, resend=str(one.resend.id), sent=one.resend.sent)


def _message(row: Row) -> Message:
    headers = tuple((name, value.encode()) for name, value in row.values["headers"].items())
    return Message(row.values["topic"], row.values["msg_key"], row.values["payload"], headers)
