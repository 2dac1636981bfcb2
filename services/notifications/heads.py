"""How far each feed has come, for readers that wait: one look at the database serves all of them."""

import asyncio

import structlog

from bus.database import Database
from bus.retry import passing
from services.notifications.repository import feeds

REST = 0.25
"""Seconds between two looks at least, however much is going on."""

IDLE = 1.0
"""Seconds after which it looks unasked: another process may have written."""


class Heads:
    """The last number of each feed. `bell` is set whenever this process wrote to one."""

    def __init__(self, database: Database, bell: asyncio.Event) -> None:
        self._database = database
        self._bell = bell
        self._last: dict[str, int] = {}
        self._news = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep looking until `stop`."""
        while not stop.is_set():
            self._bell.clear()
            await self._look()
            await _first(stop, stop, REST)
            await _first(self._bell, stop, IDLE)

    async def beyond(self, unit: str, after: int, seconds: float, ending: asyncio.Event) -> None:
        """Return once the feed has gone beyond a number, or after so many seconds, or when `ending` is set."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        while self._last.get(unit, 0) <= after and clock() < until and not ending.is_set():
            await _first(self._news, ending, until - clock())

    async def _look(self) -> None:
        try:
            async with self._database.autocommit() as raw:
                found = await feeds.heads(raw)
        except Exception as error:
            if not passing(error):
                raise
            structlog.get_logger().warning("feed_heads_unread", error=type(error).__name__)
            return
        if found != self._last:
            self._last = found
            self._news, news = asyncio.Event(), self._news
            news.set()


async def _first(one: asyncio.Event, other: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(one.wait()), asyncio.ensure_future(other.wait())]
    try:
        await asyncio.wait(waits, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
