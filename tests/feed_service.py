"""Notifications at work on the real stack: neighbours who publish, and units who read with their own credentials."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
from fastapi import FastAPI

from bus.broker import Partition
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.message import Message, Record
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from bus.wire import encode
from infra.stack.secrets import SecretFiles
from infra.stack.testing import TestDatabase
from schemas.envelope import Event
from schemas.topics import Topics
from services.directory.signing import Signer
from services.policy import Actor
from services.runtime.claims import Claims

SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """The service at work, its neighbours who publish, and the units who read."""

    app: FastAPI
    signer: Signer
    topics: Topics
    database: TestDatabase

    @asynccontextmanager
    async def http(self, unit: str, *roles: str) -> AsyncIterator[httpx2.AsyncClient]:
        """A client that carries a token of this unit's officer."""
        actor = Actor(person="le.van", unit=unit, roles=frozenset(roles or ("officer",)))
        token = self.signer.sign(Claims.of(actor, "Lê Văn Giả Định", system_clock(), timedelta(minutes=5)))
        transport = httpx2.ASGITransport(app=self.app)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://feeds", headers=headers) as client:
            yield client

    async def say(self, *events: Event[Any]) -> None:
        """Publish sealed events as their owners' relays do, each to the topic of its aggregate, in this order."""
        await self.send([encode(one, self.topics.of_aggregate(one.data.record())) for one in await self.seal(events)])

    async def seal(self, events: Sequence[Event[Any]]) -> list[Event[Any]]:
        """The events as they travel, keys made by their publisher."""
        database = Database.connect(self.database.url("intake"))
        keyring = Keyring.load(self.database.info.secrets / "master.json", system_clock)
        units = UnitsOfWork(database, Context("intake", self.topics, system_clock, uuid7, keyring))
        dossiers = {dossier for event in events for dossier in event.data.personal}
        async with units.begin() as uow:
            known = await uow.open_keys(dossiers, "test")
            await uow.create_keys([dossier for dossier in dossiers if dossier not in known])
            sealed = await uow.seal(events)
        await database.close()
        return sealed

    async def send(self, messages: Sequence[Message]) -> None:
        """Write to the log."""
        broker = self.broker("admin")
        await broker.publish(messages)
        await broker.close()

    def broker(self, principal: str) -> KafkaBroker:
        """The broker as one principal sees it."""
        info = self.database.info
        user = principal if principal == "admin" else f"{self.topics.prefix}{principal}"
        password = SecretFiles(info.secrets).read(f"kafka/{user}")
        return KafkaBroker(KafkaSettings(info.kafka.bootstrap, info.kafka.ca, user, password))

    async def topic(self, unit: str, count: int) -> list[dict[str, Any]]:
        """The first events of a unit's own topic, read with its own credentials; fails if they do not come."""
        broker, everything = self.broker(unit), _Everything()
        reader = broker.reader(f"{self.topics.prefix}unit.{unit}.{uuid7()}", [self.topics.to_unit(unit)], everything)
        found: list[Record] = []
        places: set[Partition] = set()
        await reader.start()
        try:
            async with asyncio.timeout(SECONDS):
                while len(found) < count:
                    for partition in everything.new:
                        reader.seek(partition, 0)
                        places.add(partition)
                    everything.new = []
                    for records in (await reader.fetch(500, 0.2, places)).values():
                        found += records
        finally:
            await reader.stop()
            await broker.close()
        return [_read(record) for record in found]

    async def pulled(self, unit: str, count: int, *roles: str) -> list[dict[str, Any]]:
        """The first events of a feed over HTTP, waited for as a client waits."""
        found: list[dict[str, Any]] = []
        async with self.http(unit, *roles) as client, asyncio.timeout(SECONDS):
            while len(found) < count:
                after = found[-1]["feednumber"] if found else 0
                answer = await client.get(f"/feeds/{unit}/events", params={"after": after, "wait": 5})
                assert answer.status_code == 200, answer.text
                found += answer.json()["events"]
        return found


class _Everything:
    """Reads every partition that it is given from the beginning."""

    def __init__(self) -> None:
        self.new: list[Partition] = []

    def assigned(self, partitions: Collection[Partition]) -> None:
        self.new = list(partitions)

    def revoked(self, partitions: Collection[Partition]) -> None:
        self.new = [partition for partition in self.new if partition not in partitions]


def _read(record: Record) -> dict[str, Any]:
    headers = {name.removeprefix("ce_"): value.decode() for name, value in record.headers}
    return headers | {"data": json.loads(record.value), "key": (record.key or b"").decode()}
