"""Members of a group as the contract suites of a broker need them, and messages for them to read."""

import asyncio
from collections.abc import Collection, Sequence

from brokers import Bench
from bus.broker import Broker, Partition, Reader
from bus.message import Message, Record
from bus.partition import partition_of

SECONDS = 30.0


class Member:
    """A group member that notes what is assigned to it, and fetches until a test has what it waits for."""

    def __init__(self, broker: Broker, group: str, topics: Collection[str]) -> None:
        self.assignments: list[set[Partition]] = []
        self.held: set[Partition] = set()
        self.reader: Reader = broker.reader(group, topics, self)

    def assigned(self, partitions: Collection[Partition]) -> None:
        self.held = set(partitions)
        self.assignments.append(set(partitions))

    def revoked(self, partitions: Collection[Partition]) -> None:
        self.held -= set(partitions)

    async def until_holding(self, count: int) -> set[Partition]:
        async with asyncio.timeout(SECONDS):
            while len(self.held) != count:
                await self.reader.fetch(1, 0.1, ())
        return self.held

    async def read(self, count: int, only: Collection[Partition], limit: int = 500) -> dict[Partition, list[Record]]:
        found: dict[Partition, list[Record]] = {}
        async with asyncio.timeout(SECONDS):
            while sum(map(len, found.values())) < count:
                for partition, records in (await self.reader.fetch(limit, 0.5, only)).items():
                    found.setdefault(partition, []).extend(records)
        return found


def message(topic: str, key: str, text: str = "x") -> Message:
    return Message(topic, key.encode(), text.encode(), (("name", b"\x00\xff"), ("name", b"again")))


def home(topic: str, key: str, partitions: int = 3) -> Partition:
    return Partition(topic, partition_of(key.encode(), partitions))


async def member(bench: Bench, topics: Sequence[str], holding: int, group: str = "g") -> Member:
    made = Member(bench.broker(), bench.prefix + group, topics)
    await made.reader.start()
    await made.until_holding(holding)
    return made


def seek_all(reader: Reader, partitions: Collection[Partition], offset: int = 0) -> None:
    for partition in partitions:
        assert reader.seek(partition, offset)
