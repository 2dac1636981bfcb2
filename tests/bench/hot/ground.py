"""What the hot paths are measured on: the real servers of one run, a schema of its own, topics under a prefix.

Everything that is written is sealed as production seals it, and floor and ours read the same rows and records over
the same listener with the same login.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import UUID

from confluent_kafka.admin import NewTopic

from builders import NOW, PERSONAL, example
from bus import ddl
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaSettings
from bus.publication import Context
from bus.sealing import Keyring
from bus.uow import UnitsOfWork
from infra.stack.admin import connect, settle
from infra.stack.info import StackInfo
from infra.stack.runs import RUN, begin
from infra.stack.secrets import SecretFiles
from infra.stack.testing import TestDatabase, fresh_database, unique_prefix
from schemas.events.signal import SignalDetected
from schemas.topics import Topics
from schemas.views import View

PARTITIONS = 3
DOSSIERS = 300
_AT_ONCE = 1_000
_AUDIENCE = {"customs-79": View.FULL, "qltt-79": View.POINTER}
_PROJECTION = """
create table projected (aggregate uuid primary key, event_id text not null, sequence bigint not null,
  payload jsonb not null) with (fillfactor = 70)
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """One run's servers and the schema of intake in it, with the bus's tables and `projected`."""

    info: StackInfo
    database: TestDatabase
    store: Database
    topics: Topics

    @property
    def topic(self) -> str:
        """The log of signals."""
        return self.topics.of_aggregate("signal")

    def settings(self) -> KafkaSettings:
        """As a service signs in."""
        password = SecretFiles(self.info.secrets).read("kafka/admin")
        return KafkaSettings(self.info.kafka.bootstrap, Path(self.info.kafka.ca), "admin", password)

    def units(self, *wakes: asyncio.Event) -> UnitsOfWork:
        """Transactions of a service that has opened no key yet."""
        keyring = Keyring.load(Path(self.info.secrets) / "master.json", system_clock)
        return UnitsOfWork(self.store, Context("intake", self.topics, system_clock, uuid7, keyring), *wakes)

    async def make_topic(self) -> None:
        """The log, empty."""
        secret = SecretFiles(self.info.secrets).read("kafka/admin")
        admin = connect(self.info.kafka.bootstrap, self.info.kafka.ca, "admin", secret)
        await asyncio.to_thread(settle, admin.create_topics([NewTopic(self.topic, PARTITIONS, 1)]))

    async def fill(self, count: int, random: Random) -> Sequence[UUID]:
        """Write so many sealed events into the outbox, over a few hundred dossiers; returns the dossiers."""
        units = self.units()
        dossiers = [uuid7() for _ in range(min(DOSSIERS, count))]
        async with units.begin() as unit:
            await unit.create_keys(dossiers)
        reached = dict.fromkeys(dossiers, 0)
        for start in range(0, count, _AT_ONCE):
            async with units.begin() as unit:
                for _ in range(min(_AT_ONCE, count - start)):
                    one = random.choice(dossiers)
                    reached[one] += 1
                    said = example(SignalDetected, personal={one: PERSONAL})
                    unit.publish(said, subject=one, sequence=reached[one], audience=_AUDIENCE, acttime=NOW)
        return dossiers


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """A stack of its own, ended with the block; durable, as production's is."""
    run = begin(os.environ)
    os.environ[RUN] = str(run.folder)
    try:
        info = await asyncio.to_thread(run.up)
        with fresh_database(run, info, ()) as database:
            store = Database.connect(database.url("intake"), application="bench")
            async with store.autocommit() as raw:
                for statement in (*ddl.statements("0001_bus"), _PROJECTION):
                    await raw.execute(statement)
            made = Ground(info, database, store, Topics(unique_prefix()))
            await made.make_topic()
            yield made
            await store.close()
    finally:
        del os.environ[RUN]
        await asyncio.to_thread(run.finish)
