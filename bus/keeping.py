"""Keeps an outbox in shape, in each process that has one: room ahead of its writers, and what was passed archived."""

import asyncio
from contextlib import suppress

import structlog

from bus.archive import archive_passed
from bus.database import Database
from bus.outbox import Table
from bus.partitions import AHEAD, ahead, ensure_partitions
from bus.retry import passing

EVERY = 60.0
"""Seconds between two looks: at 10,000 events a second one partition lasts for eight minutes."""

log = structlog.get_logger(__name__)


class Keeper:
    """Looks after the partitions of one outbox. Several may: they do each thing once."""

    def __init__(self, database: Database, table: Table, every: float = EVERY) -> None:
        self._database = database
        self._table = table
        self._every = every
        self._trouble: str | None = None

    def trouble(self) -> str | None:
        """Why writers may soon have no room; None while enough partitions lie ahead."""
        return self._trouble

    async def run(self, stop: asyncio.Event) -> None:
        """Look now and then until `stop`. What may pass is tried again next time; any other error is raised."""
        while not stop.is_set():
            for work in (self._make_room, self._archive):
                try:
                    await work()
                except Exception as error:
                    if not passing(error):
                        raise
                    log.warning("outbox_not_kept", step=work.__name__.strip("_"), error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._every)

    async def _make_room(self) -> None:
        name = self._table.name
        try:
            await ensure_partitions(self._database, name, rows=self._table.partition_rows)
        finally:
            found = await ahead(self._database, name)
            self._trouble = None
            if found < AHEAD:
                self._trouble = f"{found} partitions of {name} lie ahead, {AHEAD} should"
                log.error("outbox_partitions_short", table=name, ahead=found, wanted=AHEAD)

    async def _archive(self) -> None:
        await archive_passed(self._database)
