"""The real PostgreSQL under a stage: the schema of cases with the bus's tables and `effect`, gone afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bus import ddl
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.publication import Context
from bus.sealing import Keyring
from bus.uow import UnitsOfWork
from consuming import EFFECTS
from infra.stack.info import StackInfo
from infra.stack.testing import TestDatabase
from schemas.topics import Topics

_TABLES = "select tablename from pg_tables where schemaname = current_schema()"


@asynccontextmanager
async def open_store(database: TestDatabase) -> AsyncIterator[Database]:
    """The schema, for as long as the block lasts."""
    made = Database.connect(database.url("cases"), pool_size=10, application="consumer tests")
    async with made.autocommit() as raw:
        for script in ("0001_bus", "0002_parking", "0003_bus"):
            for statement in ddl.statements(script):
                await raw.execute(statement)
        await raw.execute(EFFECTS)
    yield made
    async with made.autocommit() as raw:
        for row in await raw.fetch(_TABLES):
            await raw.execute(f'drop table if exists "{row["tablename"]}" cascade')
    await made.close()


def work_on(store: Database, stack: StackInfo) -> UnitsOfWork:
    """Units of work of cases on that schema."""
    keyring = Keyring.load(Path(stack.secrets) / "master.json", system_clock)
    return UnitsOfWork(store, Context("cases", Topics(), system_clock, uuid7, keyring))
