"""Writing a part of a feed to `to.<unit>` again, under the numbers that it has.

What is shown is what the unit may see now, and no more than it was given then: denials first, a number alone where
something is withheld. Nothing is numbered anew, nothing comes out that the unit could not pull.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

import structlog

from bus.message import Message
from bus.retry import passing
from bus.uow import UnitsOfWork
from services.notifications.handlers.doors import Doorway
from services.notifications.model.shown import Shown
from services.notifications.repository import copies, replays
from services.notifications.repository.replays import Replay

MOST = 500
"""Rows of one turn at most."""
TURN = 0.25
"""Seconds of a turn: what the rate allows in it is written at once."""
LOOK = 1.0

log = structlog.get_logger(__name__)


class Publisher(Protocol):
    """The part of `bus.broker.Broker` that is needed here."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Returns when all are acknowledged; raises `PublishUnknown`."""


class Replaying:
    """Writes what is asked for, feed by feed. Of several processes one is a turn ahead, and only its turn is kept."""

    def __init__(self, units: UnitsOfWork, doorway: Doorway, broker: Publisher, *, turn: float = TURN) -> None:
        self._units = units
        self._doorway = doorway
        self._broker = broker
        self._turn = turn

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`. What may pass is tried again; any other error is raised."""
        while not stop.is_set():
            wait = LOOK
            try:
                if await self.turn():
                    wait = self._turn
            except Exception as error:
                if not passing(error):
                    raise
                log.warning("feed_replay_waits", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)

    async def turn(self) -> bool:
        """Write some more of each replay; returns whether there was one.

        Kept only once it is acknowledged: who is interrupted writes the last turn again, under the same numbers.
        """
        async with self._units.begin() as uow:
            waiting = await replays.unfinished(uow.raw)
        for one in waiting:
            await self._advance(one)
        return bool(waiting)

    async def _advance(self, replay: Replay) -> None:
        shown = await self._shown(replay)
        topic = self._units.context.topics.to_unit(replay.unit)
        if shown:
            await self._broker.publish([one.message(topic) for one in shown])
        # Numbers have no hole: where fewer rows come than were asked for, the end is reached.
        to = shown[-1].row.number + 1 if shown else replay.to_number + 1
        async with self._units.begin() as uow:
            kept = await replays.move(uow.raw, replay, to, uow.context.clock())
        if kept and to > replay.to_number:
            log.info("feed_replayed", unit=replay.unit, replay=str(replay.id))

    async def _shown(self, replay: Replay) -> Sequence[Shown]:
        limit = max(1, min(MOST, int(replay.rate * self._turn)))
        async with self._units.begin() as uow:
            found = await replays.rows(uow.raw, replay, limit)
            shown = await self._doorway.shown(found, uow) if found else []
            # What goes out in the open is noted first: the integrity officer can be told of every copy.
            await copies.note(uow.raw, [one.row.id for one in shown if not one.withdrawn], uow.context.clock())
        return shown
