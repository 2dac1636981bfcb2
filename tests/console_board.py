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
from schemas.events.dossier import DossierErased
from schemas.events.tip import TipHeld
from schemas.topics import Topics
from schemas.views import View
from services.console.handlers.cutting import Cutting
from services.console.handlers.indexing import Indexing
from services.console.handlers.projection import add, erase, withhold
from services.console.handlers.reading import Reader
from services.console.handlers.searching import Asked, Searcher
from services.console.model.findable import CASE, TIP
from services.console.model.hits import Hit
from services.console.model.query import Query
from services.console.model.tokens import Tokens

SEARCH_PEPPER = b"s" * 32
_TABLES = "sight, timeline_entry, origin, case_row, search_row, search_entry, search_subject, search_origin"


@dataclass(frozen=True)
class Board:
    """The projection and the reader over real units of work, and the publisher before them."""

    units: UnitsOfWork
    publishers: UnitsOfWork
    reader: Reader
    searcher: Searcher
    indexing: Indexing
    wake: asyncio.Event

    async def tell(self, *events: Event[Any]) -> None:
        """The events as one batch of the timelines' group, sealed as they travel."""
        travelling = await self.sealed(*events)
        async with self.units.begin() as uow:
            await add(travelling, uow)

    async def index(self, *events: Event[Any]) -> None:
        """The events as one batch of the search's group."""
        travelling = await self.sealed(*events)
        async with self.units.begin() as uow:
            await self.indexing.add(travelling, uow)

    async def sealed(self, *events: Event[Any]) -> list[Event[Any]]:
        """The events as they travel, under keys that are made where they are new."""
        dossiers = {dossier for one in events for dossier in one.data.personal}
        async with self.publishers.begin() as uow:
            known = await uow.open_keys(dossiers, "test")
            await uow.create_keys([dossier for dossier in dossiers if dossier not in known])
            return await uow.seal(list(events))

    async def hold(self, tip: UUID) -> None:
        """tip.held, as one batch of the timelines' group."""
        async with self.units.begin() as uow:
            await withhold([_held(tip)], uow)

    async def unfind(self, tip: UUID) -> None:
        """tip.held, as one batch of the search's group."""
        async with self.units.begin() as uow:
            await self.indexing.withhold([_held(tip)], uow)

    async def erase(self, *dossiers: UUID) -> None:
        """The ends of these dossiers, key and all, as one batch of each of both groups."""
        async with self.publishers.begin() as uow:
            await uow.destroy_keys(dossiers, "lan.anh", "Luật 91/2025/QH15")
        await self.erased(*dossiers)

    async def erased(self, *dossiers: UUID) -> None:
        """dossier.erased, as one batch of each of both groups."""
        told = [event(example(DossierErased), subject=one, sequence=9, id=str(uuid7())) for one in dossiers]
        async with self.units.begin() as uow:
            await erase(told, uow)
        async with self.units.begin() as uow:
            await self.indexing.erase(told, uow)

    async def find(self, unit: str, words: str, *, tips: bool = True, cases: bool = True) -> list[Hit]:
        """The first page of what the unit finds by these words."""
        aggregates = frozenset([CASE] * cases + [TIP] * tips)
        return list((await self.searcher.find(Asked(unit, Query.of(words), aggregates))).hits)

    async def finds(self, unit: str, words: str) -> list[UUID]:
        """The ids of what the unit finds by these words."""
        return [hit.id for hit in await self.find(unit, words)]

    async def listed(self, unit: str) -> list[UUID]:
        """The cases that the unit's list shows."""
        return [sheet.case_id for sheet in (await self.reader.cases(unit)).cases]


def _held(tip: UUID) -> Event[TipHeld]:
    return event(example(TipHeld), subject=tip, audience={"integrity-389": View.FULL})


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
    cutting, tokens = Cutting(book()), Tokens(SEARCH_PEPPER)
    searcher = Searcher(units, cutting, tokens)
    yield Board(units, publishers, Reader(units, cutting), searcher, Indexing(tokens), wake)
    await connections.close()
    await publisher.close()
