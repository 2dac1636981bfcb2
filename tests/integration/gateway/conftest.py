"""The gateway's handler on a database of its own, as the gateway's role, and a look at what it said."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

import reference
from bus.database import Database
from bus.identity import uuid7
from bus.message import Message, Record, Trust
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from bus.wire import decode
from bus_builders import Hands
from infra.stack.testing import TestDatabase
from schemas.envelope import Event
from schemas.topics import Topics
from services.intake.gateway.handlers import Gateway
from services.intake.gateway.roster import Roster


@dataclass(frozen=True)
class Post:
    """The gateway behind a unit's topic; `hands` is its clock."""

    units: UnitsOfWork
    gateway: Gateway
    hands: Hands

    async def take(self, *records: Record) -> None:
        """The records as one batch of the consumer."""
        async with self.units.begin() as uow:
            await self.gateway.take(records, uow)

    async def said(self, topic: str) -> list[Event[Any]]:
        """What went to a topic, oldest first, as its reader meets it."""
        async with self.units.begin() as uow:
            rows = await uow.raw.fetch(
                "select topic, msg_key, headers, payload from outbox where topic = $1 order by id", topic
            )
        trust = Trust.INBOUND if "inbound" in topic else Trust.LOG
        return [decode(_message(row), trust) for row in rows]

    async def refusals(self) -> list[Event[Any]]:
        """The answers."""
        return await self.said("phoihop.command.v1")

    async def to_intake(self) -> list[Event[Any]]:
        """What intake was given."""
        return await self.said("phoihop.intake.inbound.v1")

    async def value(self, query: str) -> Any:
        """What a query finds."""
        async with self.units.begin() as uow:
            return await uow.raw.fetchval(query)


def _message(row: Any) -> Message:
    headers = tuple((name, value.encode()) for name, value in row["headers"].items())
    return Message(row["topic"], row["msg_key"], row["payload"], headers)


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("gateway",)


@pytest.fixture
async def post(database: TestDatabase) -> AsyncIterator[Post]:
    connections = Database.connect(database.url("gateway"), pool_size=2)
    hands = Hands()
    keyring = Keyring.load(database.info.secrets / "master.json", hands)
    units = UnitsOfWork(connections, Context("gateway", Topics(), hands, uuid7, keyring), asyncio.Event())
    async with units.begin() as uow:
        await uow.raw.execute("truncate arrival, outbox")
    yield Post(units, Gateway(Roster(reference.folder(), Topics(), hands).sender, b"p" * 32), hands)
    await connections.close()
