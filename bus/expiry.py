"""What is kept for a time only is forgotten a little at a time, so that no writer waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import structlog

from bus.database import Database, Raw
from bus.identity import Clock
from bus.retry import passing

Forget = Callable[[Raw, datetime, int], Awaitable[int]]
"""Deletes what is out of date at an instant, at most so many rows, the oldest first; returns how many it deleted."""

EVERY_SECONDS = 3600.0
AT_ONCE = 1_000

log = structlog.get_logger(__name__)


class Expiry:
    """The forgetting of one process. Several may run: they delete the same rows once."""

    def __init__(
        self, database: Database, clock: Clock, *forgets: Forget, seconds: float = EVERY_SECONDS, at_once: int = AT_ONCE
    ) -> None:
        self._database = database
        self._clock = clock
        self._forgets = forgets
        self._seconds = seconds
        self._at_once = at_once

    async def run(self, stop: asyncio.Event) -> None:
        """Forget now and once an hour, until `stop`. What may pass is logged and left to the next time."""
        while not stop.is_set():
            try:
                await self.forget(stop)
            except Exception as error:
                if not passing(error):
                    raise
                log.warning("expired_rows_left", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._seconds)

    async def forget(self, stop: asyncio.Event) -> int:
        """Forget everything that is out of date now, each batch in a transaction of its own; returns how many rows."""
        forgotten, now = 0, self._clock()
        for one in self._forgets:
            batch = self._at_once
            while batch >= self._at_once and not stop.is_set():
                async with self._database.transaction() as transaction:
                    batch = await one(transaction.raw, now, self._at_once)
                forgotten += batch
        if forgotten:
            log.info("expired_rows_forgotten", rows=forgotten)
        return forgotten
