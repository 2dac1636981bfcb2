"""A stage for consumers: the real PostgreSQL with the bus's tables in the schema of cases."""

from collections.abc import AsyncIterator, Sequence

import pytest

from bus.database import Database
from bus.memory import MemoryBroker
from bus.uow import UnitsOfWork
from consuming import Stage
from consuming_store import open_store, work_on
from infra.stack.info import StackInfo
from infra.stack.testing import TestDatabase


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture
async def store(database: TestDatabase) -> AsyncIterator[Database]:
    """The schema of cases, holding the bus's tables and `effect`."""
    async with open_store(database) as opened:
        yield opened


@pytest.fixture
def work(store: Database, stack: StackInfo) -> UnitsOfWork:
    return work_on(store, stack)


@pytest.fixture
def memory() -> MemoryBroker:
    return MemoryBroker()


@pytest.fixture
def stage(memory: MemoryBroker, work: UnitsOfWork, store: Database) -> Stage:
    """The stage with a broker in memory and one topic of three partitions."""
    made = Stage(memory, work, store)
    memory.create_topic(made.topic, 3)
    return made
