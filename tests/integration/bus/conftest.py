"""A stage for consumers: the real PostgreSQL with the bus's tables in the schema of cases."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bus import ddl
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.memory import MemoryBroker
from bus.publication import Context
from bus.sealing import Keyring
from bus.uow import UnitsOfWork
from consuming import EFFECTS, Stage
from infra.stack.info import StackInfo
from infra.stack.testing import TestDatabase
from schemas.topics import Topics

_TABLES = "select tablename from pg_tables where schemaname = current_schema()"


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture
async def store(database: TestDatabase) -> AsyncIterator[Database]:
    """The schema of cases, holding the bus's tables and `effect`."""
    made = Database.connect(database.url("cases"), pool_size=10, application="consumer tests")
    async with made.autocommit() as raw:
        for statement in (*ddl.statements("0001_bus"), *ddl.statements("0002_parking"), EFFECTS):
            await raw.execute(statement)
    yield made
    async with made.autocommit() as raw:
        for row in await raw.fetch(_TABLES):
            await raw.execute(f'drop table if exists "{row["tablename"]}" cascade')
    await made.close()


@pytest.fixture
def work(store: Database, stack: StackInfo) -> UnitsOfWork:
    keyring = Keyring.load(Path(stack.secrets) / "master.json", system_clock)
    return UnitsOfWork(store, Context("cases", Topics(), system_clock, uuid7, keyring))


@pytest.fixture
def memory() -> MemoryBroker:
    return MemoryBroker()


@pytest.fixture
def stage(memory: MemoryBroker, work: UnitsOfWork, store: Database) -> Stage:
    """The stage with a broker in memory and one topic of three partitions."""
    made = Stage(memory, work, store)
    memory.create_topic(made.topic, 3)
    return made
