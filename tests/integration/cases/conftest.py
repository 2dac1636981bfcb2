"""Cases on a database of its own, as the service's own role."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pytest

from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.message import Message
from bus.sealing import Keyring
from bus.uow import Context, UnitOfWork, UnitsOfWork
from bus.wire import decode
from case_builders import PEPPER, book
from infra.stack.testing import TestDatabase
from schemas.envelope import Event
from schemas.topics import Topics
from services.cases.handlers.audiences import Audiences
from services.cases.handlers.growth import Growth
from services.cases.handlers.intake import Intake

_TABLES = "case_claim, case_origin, case_file, outbox, command"


@dataclass(frozen=True)
class CaseDesk:
    """The handlers of cases over real units of work, and looks at what they left behind."""

    units: UnitsOfWork
    growth: Growth

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work, committed at the end."""
        async with self.units.begin() as uow:
            yield uow

    async def sealed(self, *events: Event[Any]) -> list[Event[Any]]:
        """The events as they travel: their dossiers' keys made, their personal parts sealed."""
        async with self.begin() as uow:
            await uow.create_keys([dossier for event in events for dossier in event.data.personal])
            return await uow.seal(events)

    async def signals(self, *events: Event[Any]) -> None:
        """The events as one batch of the consumer."""
        travelling = await self.sealed(*events)
        async with self.begin() as uow:
            await self.growth.add_signals(travelling, uow)

    async def tips(self, *events: Event[Any]) -> None:
        """Forwarded tips as one batch of the consumer."""
        travelling = await self.sealed(*events)
        async with self.begin() as uow:
            await self.growth.add_tips(travelling, uow)

    async def published(self) -> list[Event[Any]]:
        """Everything in the outbox, oldest first, as a reader of the topics meets it."""
        rows = await self.rows("select topic, msg_key, headers, payload from outbox order by id")
        return [decode(_message(row)) for row in rows]

    async def opened(self) -> list[Event[Any]]:
        """The same with the personal parts opened."""
        events = await self.published()
        async with self.begin() as uow:
            return await uow.unseal(events, "test")

    async def rows(self, query: str, *arguments: Any) -> list[Any]:
        """What a query finds."""
        async with self.begin() as uow:
            return list(await uow.raw.fetch(query, *arguments))

    async def only_case(self) -> UUID:
        """The id of the only case there is."""
        (row,) = await self.rows("select id from case_file")
        return UUID(str(row["id"]))


def _message(row: Any) -> Message:
    headers = tuple((name, value.encode()) for name, value in row["headers"].items())
    return Message(row["topic"], row["msg_key"], row["payload"], headers)


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("cases",)


@pytest.fixture
def random_bytes() -> Callable[[int], bytes]:
    """Bytes that differ from call to call and are the same in every run."""
    return Random(389).randbytes


@pytest.fixture
async def desk(database: TestDatabase, random_bytes: Callable[[int], bytes]) -> AsyncIterator[CaseDesk]:
    connections = Database.connect(database.url("cases"), pool_size=24)
    keyring = Keyring.load(database.info.secrets / "master.json", system_clock)
    units = UnitsOfWork(connections, Context("cases", Topics(), system_clock, uuid7, keyring), asyncio.Event())
    async with units.begin() as uow:
        await uow.raw.execute(f"truncate {_TABLES}")
    yield CaseDesk(units, Growth(Intake(book(), PEPPER, random_bytes), Audiences(book())))
    await connections.close()


@pytest.fixture
def new_number() -> Callable[[], int]:
    """Numbers for origins that no other test of the module uses: keys are made once a dossier."""
    return _NUMBERS.__next__


_NUMBERS = count(1_000)
