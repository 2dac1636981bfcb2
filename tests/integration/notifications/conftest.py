"""Feeds on a database of their own, as the service's own role."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from case_builders import book
from feed_desk import FeedDesk
from infra.stack.testing import TestDatabase
from schemas.topics import Topics
from services.notifications.handlers.delivery import Delivery
from services.notifications.handlers.doors import Doorway
from services.notifications.handlers.pull import Pull

_TABLES = "feed, feed_counter, case_counter, denial, case_origin, feed_copy, tip_state, feed_replay"


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("notifications",)


@pytest.fixture
async def desk(database: TestDatabase) -> AsyncIterator[FeedDesk]:
    connections = Database.connect(database.url("notifications"), pool_size=16)
    intake = Database.connect(database.url("intake"))
    keyring = Keyring.load(database.info.secrets / "master.json", system_clock)
    context = Context("notifications", Topics(), system_clock, uuid7, keyring)
    units = UnitsOfWork(connections, context, asyncio.Event())
    async with connections.autocommit() as raw:
        await raw.execute(f"truncate {_TABLES}")
    doorway = Doorway(book())
    publishers = UnitsOfWork(intake, Context("intake", Topics(), system_clock, uuid7, keyring))
    yield FeedDesk(units, publishers, connections, Delivery(units, doorway), Pull(units, doorway))
    await connections.close()
    await intake.close()
