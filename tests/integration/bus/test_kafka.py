"""aiokafka's traps, each met on the real broker. What every broker must do is in `tests/contract/bus`."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

from brokers import KafkaBench
from bus.broker import Partition, Reader
from bus.errors import PublishUnknown, Transient
from bus.kafka import KafkaBroker, KafkaSettings
from bus.lanes import MAX_BATCH_BYTES
from bus.message import Message, Record
from infra.stack.info import StackInfo
from infra.stack.provision import Provisioner
from infra.stack.secrets import SecretFiles

pytestmark = pytest.mark.integration

SECONDS = 30.0


@pytest.fixture
def settings(stack: StackInfo) -> KafkaSettings:
    password = SecretFiles(stack.secrets).read("kafka/admin")
    return KafkaSettings(stack.kafka.bootstrap, Path(stack.kafka.ca), "admin", password, fetch_wait_seconds=0.2)


@pytest.fixture
async def bench(settings: KafkaSettings, kafka_admin: Provisioner) -> AsyncIterator[KafkaBench]:
    made = KafkaBench(settings, kafka_admin)
    yield made
    await made.close()


class Heard:
    """A listener that notes what it is told, after doing what a test wants done first."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.partitions: set[Partition] = set()
        self._failure = failure

    def assigned(self, partitions: Collection[Partition]) -> None:
        if self._failure is not None:
            raise self._failure
        self.partitions = set(partitions)

    def revoked(self, partitions: Collection[Partition]) -> None:
        self.partitions -= set(partitions)


async def holding(reader: Reader, heard: Heard) -> None:
    async with asyncio.timeout(SECONDS):
        while not heard.partitions:
            await reader.fetch(1, 0.1, ())


async def read(reader: Reader, count: int, partition: Partition) -> list[Record]:
    found: list[Record] = []
    async with asyncio.timeout(SECONDS):
        while len(found) < count:
            found += (await reader.fetch(500, 0.5, [partition])).get(partition, [])
    return found


def freeze(producer: Any) -> None:
    """The broker's answers no longer arrive, as if it were stopped; connections stay open."""
    for connection in producer.client._conns.values():
        connection._writer.transport.pause_reading()


async def test_a_publish_that_is_never_answered_ends_in_time_and_the_next_one_works(
    settings: KafkaSettings, bench: KafkaBench
) -> None:
    topic = await bench.topic("a", 1)
    broker = KafkaBroker(replace(settings, publish_seconds=0.5, close_seconds=1.0))
    await broker.publish([Message(topic, b"k", b"before", ())])
    freeze(broker._producer)

    async with asyncio.timeout(5.0):
        with pytest.raises(PublishUnknown):
            await broker.publish([Message(topic, b"k", b"unknown", ())])
    await broker.publish([Message(topic, b"k", b"after", ())])

    heard = Heard()
    reader = broker.reader(bench.prefix + "g", [topic], heard)
    await reader.start()
    await holding(reader, heard)
    reader.seek(Partition(topic, 0), 0)
    values = [record.value for record in await read(reader, 3, Partition(topic, 0))]
    assert values == [b"before", b"unknown", b"after"]
    await reader.stop()
    await broker.close()


async def test_closing_does_not_wait_for_a_broker_that_does_not_answer(
    settings: KafkaSettings, bench: KafkaBench
) -> None:
    topic = await bench.topic("a", 1)
    broker = KafkaBroker(replace(settings, publish_seconds=30.0, close_seconds=0.5))
    await broker.publish([Message(topic, b"k", b"before", ())])
    freeze(broker._producer)
    publishing = asyncio.create_task(broker.publish([Message(topic, b"k", b"lost", ())]))
    await asyncio.wait([publishing], timeout=0.2)

    async with asyncio.timeout(5.0):
        await broker.close()

    publishing.cancel()
    await asyncio.wait([publishing])


async def test_what_a_listener_raises_is_raised_by_the_next_fetch(bench: KafkaBench) -> None:
    topic = await bench.topic("a", 1)
    reader = bench.broker().reader(bench.prefix + "g", [topic], Heard(RuntimeError("not heard")))
    await reader.start()

    with pytest.raises(Transient, match="assignment"):
        await holding(reader, Heard())

    await reader.stop()


async def test_more_than_a_batch_holds_is_sent_in_several_and_none_is_left_out(bench: KafkaBench) -> None:
    topic = await bench.topic("a", 1)
    count = 3 * MAX_BATCH_BYTES // (60 * 1024)
    await bench.broker().publish([Message(topic, b"k", n.to_bytes(60 * 1024), ()) for n in range(count)])
    heard = Heard()
    reader = bench.broker().reader(bench.prefix + "g", [topic], heard)
    await reader.start()
    await holding(reader, heard)
    reader.seek(Partition(topic, 0), 0)

    found = await read(reader, count, Partition(topic, 0))

    assert [int.from_bytes(record.value) for record in found] == list(range(count))
    await reader.stop()


async def test_a_message_larger_than_a_batch_is_refused(bench: KafkaBench) -> None:
    topic = await bench.topic("a", 1)

    with pytest.raises(PublishUnknown):
        await bench.broker().publish([Message(topic, b"k", b"x" * (MAX_BATCH_BYTES + 1), ())])


class Spoilt:
    """A batch builder whose header names are not UTF-8 when they are sent, though their checksum is right."""

    def __init__(self, builder: Any) -> None:
        self._builder = builder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._builder, name)

    def build(self) -> bytearray:
        built = bytearray(bytes(self._builder.build()).replace(b"spoil", b"\xff\xfe\xfd\xfc\xfb"))
        built[17:21] = calc_crc32c(bytes(built[21:])).to_bytes(4, "big")
        return built


async def spoil(settings: KafkaSettings, topic: str, names: list[str]) -> None:
    """Publish one record per name in one batch; those named `spoil` reach the log unreadable."""
    producer = AIOKafkaProducer(**settings.asyncio_options())
    await producer.start()
    batch = producer.create_batch()
    for number, name in enumerate(names):
        batch.append(timestamp=None, key=b"k", value=str(number).encode(), headers=[(name, b"")])
    batch._builder = Spoilt(batch._builder)
    await (await producer.send_batch(batch, topic, partition=0))
    await producer.stop()


async def test_a_record_that_cannot_be_taken_apart_is_handed_out_empty_with_the_rest_of_its_batch_and_blocks_nothing(
    settings: KafkaSettings, bench: KafkaBench
) -> None:
    topic, other = await bench.topic("a", 1), await bench.topic("b", 1)
    await spoil(settings, topic, ["fine", "fine", "spoil", "behind"])
    await spoil(settings, topic, ["spoil"])
    await spoil(settings, topic, ["fine"])
    await bench.broker().publish([Message(other, b"k", b"other", ())])
    heard = Heard()
    reader = bench.broker().reader(bench.prefix + "g", [topic, other], heard)
    await reader.start()
    await holding(reader, heard)
    partitions = [Partition(topic, 0), Partition(other, 0)]
    for partition in partitions:
        reader.seek(partition, 0)

    found: dict[Partition, list[Record]] = {partition: [] for partition in partitions}
    async with asyncio.timeout(SECONDS):
        while sum(map(len, found.values())) < 7:
            for partition, records in (await reader.fetch(500, 0.5, partitions)).items():
                found[partition] += records

    assert [record.offset for record in found[partitions[0]]] == list(range(6))
    assert [record.value for record in found[partitions[0]]] == [b"0", b"1", b"", b"", b"", b"0"]
    assert [record.value for record in found[partitions[1]]] == [b"other"]
    await reader.stop()
