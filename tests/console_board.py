"""Timelines on a database of their own, as the console's own role, for tests and measurements."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from builders import event, example
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from case_builders import book
from infra.stack.testing import TestDatabase
from schemas.envelope import Event
from schemas.events.tip import TipHeld
from schemas.topics import Topics
from schemas.views import View
from services.console.handlers.cutting import Cutting
from services.console.handlers.projection import add, withhold
from services.console.handlers.reading import Reader

_TABLES = "sight, timeline_entry, origin, case_row"


@dataclass(frozen=True)
class Board:
    """The projection and the reader over real units of work, and the publisher before them."""

    units: UnitsOfWork
    publishers: UnitsOfWork
    reader: Reader
    wake: asyncio.Event

    async def tell(self, *events: Event[Any]) -> None:
        """The events as one batch of the consumer, sealed as they travel."""
        dossiers = {dossier for one in events for dossier in one.data.personal}
        async with self.publishers.begin() as uow:
            known = await uow.open_keys(dossiers, "test")
            await uow.create_keys([dossier for dossier in dossiers if dossier not in known])
            travelling = await uow.seal(list(events))
        async with self.units.begin() as uow:
            await add(travelling, uow)

    async def hold(self, tip: UUID) -> None:
        """tip.held, as one batch of the consumer."""
        audience = {"integrity-389": View.FULL}
        async with self.units.begin() as uow:
            await withhold([event(example(TipHeld), subject=tip, audience=audience)], uow)

    async def listed(self, unit: str) -> list[UUID]:
        """The cases that the unit's list shows."""
        return [sheet.case_id for sheet in (await self.reader.cases(unit)).cases]


@asynccontextmanager
async def open_board(database: TestDatabase, clock: Callable[[], datetime] = system_clock) -> AsyncIterator[Board]:
    """The console over an emptied database; `clock` is the present from which silence is counted."""
    connections = Database.connect(database.url("console"))
    publisher = Database.connect(database.url("cases"))
    keyring = Keyring.load(database.info.secrets / "master.json", system_clock)
    wake = asyncio.Event()
    units = UnitsOfWork(connections, Context("console", Topics(), clock, uuid7, keyring), wake)
    publishers = UnitsOfWork(publisher, Context("cases", Topics(), system_clock, uuid7, keyring))
    async with connections.autocommit() as raw:
        await raw.execute(f"truncate {_TABLES}")
    yield Board(units, publishers, Reader(units, Cutting(book())), wake)
    await connections.close()
    await publisher.close()
