"""A stage for consumers: the real PostgreSQL with the bus's tables in the schema of cases."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from brokers import KafkaBench
from bus.database import Database
from bus.kafka import KafkaSettings
from bus.memory import MemoryBroker
from bus.uow import UnitsOfWork
from consuming import Stage
from consuming_store import open_store, work_on
from infra.stack.info import StackInfo
from infra.stack.provision import Provisioner
from infra.stack.secrets import SecretFiles
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
