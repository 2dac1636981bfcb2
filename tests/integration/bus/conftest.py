"""A stage for consumers: the real PostgreSQL with the bus's tables in the schema of cases."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from brokers import KafkaBench
from bus import ddl
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaSettings
from bus.memory import MemoryBroker
from bus.publication import Context
from bus.sealing import Keyring
from bus.uow import UnitsOfWork
from consuming import EFFECTS, Stage
from infra.stack.info import StackInfo
from infra.stack.provision import Provisioner
from infra.stack.secrets import SecretFiles
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
        for statement in (*ddl.statements("0001_bus"), *ddl.statements("0002_bus"), EFFECTS):
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


@pytest.fixture
async def bench(stack: StackInfo, kafka_admin: Provisioner) -> AsyncIterator[KafkaBench]:
    password = SecretFiles(stack.secrets).read("kafka/admin")
    ca = Path(stack.kafka.ca)
    settings = KafkaSettings(stack.kafka.bootstrap, ca, "admin", password, fetch_wait_seconds=0.2, metadata_seconds=1.0)
    made = KafkaBench(settings, kafka_admin)
    yield made
    await made.close()


@pytest.fixture
async def scene(bench: KafkaBench, work: UnitsOfWork, store: Database) -> Stage:
    """A stage whose topic of cases is on Kafka, with three partitions."""
    made = Stage(bench.broker(), work, store, prefix=bench.prefix)
    await bench.topic("phoihop.case.v1", 3)
    return made
