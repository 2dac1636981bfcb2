"""A consumer's database of its own, for measurements."""

from collections.abc import AsyncIterator, Sequence

import pytest

from bus.database import Database
from bus.uow import UnitsOfWork
from consuming_store import open_store, work_on
from infra.stack.info import StackInfo
from infra.stack.testing import TestDatabase


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture
async def store(database: TestDatabase) -> AsyncIterator[Database]:
    async with open_store(database) as opened:
        yield opened


@pytest.fixture
def work(store: Database, stack: StackInfo) -> UnitsOfWork:
    return work_on(store, stack)
