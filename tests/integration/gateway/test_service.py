"""The gateway as its composition root builds it, on the real Kafka: units write as themselves, owners are given it."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bus.broker import Partition
from bus.kafka import KafkaBroker, KafkaSettings
from bus.message import Message, Record, Trust
from bus.wire import decode
from gateway_builders import STRUCTURED, UNIT, body
from infra.stack.desired import DesiredState
from infra.stack.secrets import SecretFiles
from infra.stack.testing import TestDatabase
from schemas.envelope import Event
from schemas.topics import Topics
from services.intake.gateway.__main__ import build
from services.runtime.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("principals")]
SECONDS = 60.0


class _Everything:
    """Notes the partitions that a reader is given."""

    def __init__(self) -> None:
        self.new: list[Partition] = []

    def assigned(self, partitions: Collection[Partition]) -> None:
        self.new = list(partitions)

    def revoked(self, partitions: Collection[Partition]) -> None:
        self.new = [partition for partition in self.new if partition not in partitions]


@dataclass(frozen=True)
class House:
    """The stack under this test's prefix, and the home of the services in it."""

    settings: Settings
    topics: Topics
    database: TestDatabase

    @asynccontextmanager
    async def gateway(self) -> AsyncIterator[None]:
        """The gateway at work."""
        stop = asyncio.Event()
        async with AsyncExitStack() as closers:
            service = await build(self.settings, closers)
            tasks = [asyncio.ensure_future(run(stop)) for run in (*service.consumers, *service.relays)]
            try:
                yield
            finally:
                stop.set()
                await asyncio.gather(*tasks)

    @asynccontextmanager
    async def broker(self, principal: str, *, agency: bool = False) -> AsyncIterator[KafkaBroker]:
        """The broker as a principal sees it, a unit over the listener for agencies."""
        kafka = self.database.info.kafka
        user = principal if principal == "admin" else f"{self.topics.prefix}{principal}"
        password = SecretFiles(self.database.info.secrets).read(f"kafka/{user}")
        made = KafkaBroker(KafkaSettings(kafka.agency if agency else kafka.bootstrap, kafka.ca, user, password))
        try:
            yield made
        finally:
            await made.close()

    async def send(self, unit: str, *contents: dict[str, Any] | bytes) -> None:
        """What a unit's system writes on its own topic, with its own credentials."""
        values = [content if isinstance(content, bytes) else json.dumps(content).encode() for content in contents]
        messages = [Message(self.topics.from_unit(unit), None, value, STRUCTURED) for value in values]
        async with self.broker(unit, agency=True) as broker:
            await broker.publish(messages)

    async def read(self, topic: str, count: int) -> Sequence[Record]:
        """The first records of a topic, once there are so many; fails after SECONDS."""
        everything, found, places = _Everything(), list[Record](), set[Partition]()
        async with self.broker("admin") as broker:
            reader = broker.reader(f"{self.topics.prefix}test.reader", [topic], everything)
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
        return found

    async def handed_over(self, owner: str, count: int) -> list[Event[Any]]:
        """What an owner was given."""
        return [decode(record, Trust.INBOUND) for record in await self.read(self.topics.inbound(owner), count)]

    async def answered(self, count: int) -> list[Event[Any]]:
        """The gateway's answers."""
        return [decode(record) for record in await self.read(self.topics.of_aggregate("command"), count)]


@pytest.fixture
def units() -> Sequence[str]:
    """Few of those in force: a unit whose topic is not made yet must not keep the others waiting."""
    return (UNIT, "qltt-79")


@pytest.fixture
async def house(database: TestDatabase, principals: DesiredState, topics: Topics, tmp_path: Path) -> House:
    connection = await database.connect("gateway")
    await connection.execute("truncate arrival")
    await connection.close()
    told = json.loads(database.info.model_dump_json())
    told["postgres"]["database"] = database.name
    (tmp_path / "stack.json").write_text(json.dumps(told))
    (tmp_path / "secrets").symlink_to(database.info.secrets)
    urls = dict.fromkeys(("gateway", "directory"), "http://127.0.0.1:9")
    (tmp_path / "services.json").write_text(json.dumps(urls))
    return House(Settings(home=tmp_path, topic_prefix=topics.prefix), topics, database)


def signal(number: int, unit: str = UNIT) -> dict[str, Any]:
    found = body(id=f"decl-{number}", source=f"/units/{unit}/risk-engine")
    found["data"] |= {"reference": f"{number}"}
    return found


async def test_what_units_send_reaches_its_owner_and_what_is_wrong_its_sender(house: House) -> None:
    async with house.gateway():
        await house.send(UNIT, *(signal(number) for number in range(30)), b"\xff", signal(30, "qltt-79"), signal(5))
        await house.send("qltt-79", *(signal(number, "qltt-79") for number in range(20)))
        handed = await house.handed_over("intake", 50)
        refused = await house.answered(2)
    given = {(one.envelope.unit, one.data.reference) for one in handed}
    assert given == {(UNIT, f"{n}") for n in range(30)} | {("qltt-79", f"{n}") for n in range(20)}
    assert {json.loads(one.actor or "")["unit"] for one in handed} == {UNIT, "qltt-79"}
    assert [list(one.audience) for one in refused] == [[UNIT], [UNIT]]
    assert {one.data.problem.rpartition(":")[2] for one in refused} == {"undecodable", "foreign-source"}


async def test_a_gateway_that_is_replaced_hands_everything_over_once(house: House) -> None:
    async with house.gateway():
        await house.send(UNIT, *(signal(number) for number in range(40)))
        await house.handed_over("intake", 40)
    await house.send(UNIT, *(signal(number) for number in range(30, 60)))
    async with house.gateway():
        await house.send(UNIT, signal(60))
        handed = await house.handed_over("intake", 61)
    assert sorted(int(one.data.reference) for one in handed) == list(range(61))


async def test_a_record_as_large_as_the_broker_takes_is_answered_and_passed(house: House) -> None:
    async with house.gateway():
        await house.send(UNIT, b"x" * 900_000, signal(1))
        (handed,) = await house.handed_over("intake", 1)
        (refused,) = await house.answered(1)
    assert handed.data.reference == "1"
    assert refused.data.problem.endswith(":oversize")
    assert refused.data.command_id == "offset-0-0"
