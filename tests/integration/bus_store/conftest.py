"""One service's schema with the bus's own tables, new for each test, on the real PostgreSQL with real keys."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bus import ddl
from bus.database import Database
from bus.identity import uuid7
from bus.publication import Context
from bus.sealing import Keyring
from bus.uow import UnitsOfWork
from bus_builders import Hands
from infra.stack.info import StackInfo
from infra.stack.testing import TestDatabase
from schemas.topics import Topics

TABLES_HERE = "select tablename from pg_tables where schemaname = current_schema()"


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture
async def store(database: TestDatabase) -> AsyncIterator[Database]:
    """The schema of intake, who may make and open keys, holding the bus's tables and `thing(id, told)`."""
    made = Database.connect(database.url("intake"), application="bus tests")
    async with made.autocommit() as raw:
        for statement in (
            *ddl.statements("0001_bus"),
            *ddl.statements("0003_bus"),
            "create table thing (id int primary key, told jsonb)",
        ):
            await raw.execute(statement)
    yield made
    async with made.autocommit() as raw:
        for row in await raw.fetch(TABLES_HERE):
            await raw.execute(f'drop table if exists "{row["tablename"]}" cascade')
    await made.close()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def wake() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def keyring(stack: StackInfo, hands: Hands) -> Keyring:
    return Keyring.load(Path(stack.secrets) / "master.json", hands)


@pytest.fixture
def work(store: Database, keyring: Keyring, hands: Hands, wake: asyncio.Event) -> UnitsOfWork:
    return UnitsOfWork(store, Context("intake", Topics(), hands, uuid7, keyring), wake)
