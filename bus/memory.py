"""A broker in memory for tests: it passes the suite that the Kafka one passes, groups and rebalances included."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from uuid import uuid4

from bus.broker import Bounds, Identity, Listener, LogPlace, Partition
from bus.errors import LogGap, PublishUnknown, Transient
from bus.message import Message, Record
from bus.partition import partition_of


class _Log:
    """One partition: its records, and the offset of the first one kept."""

    def __init__(self) -> None:
        self.low = 0
        self.records: list[Record] = []

    @property
    def end(self) -> int:
        return self.low + len(self.records)

    def append(self, message: Message, number: int, timestamp: int) -> None:
        """Give the message the next offset."""
        place = {"partition": number, "offset": self.end, "timestamp": timestamp}
        self.records.append(Record(message.topic, message.key, message.value, message.headers, **place))

    def read(self, offset: int, limit: int) -> list[Record]:
        if not self.low <= offset <= self.end:
            raise LogGap(f"offset {offset} is not in {self.low} up to {self.end}")
        start = offset - self.low
        return self.records[start : start + limit]


class _Topic:
    def __init__(self, partitions: int) -> None:
        self.id = str(uuid4())
        self.logs = [_Log() for _ in range(partitions)]


class MemoryBroker:
    """Topics live as long as this object; they are made by `create_topic`, never by use."""

    def __init__(self) -> None:
        self.cluster = str(uuid4())
        self._topics: dict[str, _Topic] = {}
        self._groups: dict[str, list[MemoryReader]] = {}
        self._arrived = asyncio.Event()
        self._clock = count(1)

    def create_topic(self, topic: str, partitions: int = 3) -> None:
        """Make a topic under a new id; one of that name loses its records."""
        self._topics[topic] = _Topic(partitions)
        for group in self._groups:
            self.rebalance(group)

    def delete_topic(self, topic: str) -> None:
        """Forget a topic and its records."""
        del self._topics[topic]
        for group in self._groups:
            self.rebalance(group)

    def expire(self, partition: Partition, low: int) -> None:
        """Forget the records before offset `low`, as retention does."""
        log = self._topics[partition.topic].logs[partition.number]
        del log.records[: max(0, low - log.low)]
        log.low = max(low, log.low)

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append all, or none if a topic is missing."""
        missing = {message.topic for message in messages} - self._topics.keys()
        if missing:
            raise PublishUnknown(f"no such topic: {', '.join(sorted(missing))}")
        for message in messages:
            logs = self._topics[message.topic].logs
            number = partition_of(message.key, len(logs))
            logs[number].append(message, number, next(self._clock))
        self._arrived.set()
        self._arrived = asyncio.Event()

    def reader(self, group: str, topics: Iterable[str], listener: Listener) -> "MemoryReader":
        """A member of `group`, not yet started."""
        return MemoryReader(self, group, topics, listener)

    async def describe(self, topic: str) -> LogPlace:
        """The topic as it is now."""
        parts = range(self.partitions(topic))
        logs = {number: self.log(Partition(topic, number)) for number in parts}
        lows, ends = {n: log.low for n, log in logs.items()}, {n: log.end for n, log in logs.items()}
        return LogPlace(self.cluster, self.topic_id(topic), lows, ends)

    async def close(self) -> None:
        """Nothing is held open."""

    async def arrived(self, timeout: float) -> None:
        """Return at the next publish, or after `timeout` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._arrived.wait(), timeout)

    def log(self, partition: Partition) -> _Log:
        """One partition. Raises `Transient` if there is none."""
        topic = self._topics.get(partition.topic)
        if topic is None or partition.number >= len(topic.logs):
            raise Transient(f"no such partition: {partition}")
        return topic.logs[partition.number]

    def topic_id(self, topic: str) -> str:
        """The id of a topic. Raises `Transient` if there is none."""
        if topic not in self._topics:
            raise Transient(f"no such topic: {topic}")
        return self._topics[topic].id

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has. Raises `Transient` if there is none."""
        self.topic_id(topic)
        return len(self._topics[topic].logs)

    def join(self, group: str, reader: "MemoryReader") -> None:
        """Take part from now on."""
        self._groups.setdefault(group, []).append(reader)
        self.rebalance(group)

    def leave(self, group: str, reader: "MemoryReader") -> None:
        """Take no part any more."""
        if reader in self._groups.get(group, []):
            self._groups[group].remove(reader)
            self.rebalance(group)

    def rebalance(self, group: str) -> None:
        """Take every partition from every member, and deal them out again: eager, as Kafka's classic groups are."""
        members = self._groups[group]
        for member in members:
            member.revoke()
        dealt: dict[MemoryReader, list[Partition]] = {member: [] for member in members}
        for name in sorted({topic for member in members for topic in member.topics} & self._topics.keys()):
            able = [member for member in members if name in member.topics]
            for number in range(len(self._topics[name].logs)):
                dealt[able[number % len(able)]].append(Partition(name, number))
        for member, partitions in dealt.items():
            member.assign(partitions)


class MemoryReader:
    """One member of a group of a `MemoryBroker`."""

    def __init__(self, broker: MemoryBroker, group: str, topics: Iterable[str], listener: Listener) -> None:
        self.topics = frozenset(topics)
        self._broker = broker
        self._group = group
        self._listener = listener
        self._positions: dict[Partition, int | None] = {}
        self.reported: dict[Partition, int] = {}

    async def start(self) -> None:
        """Join; the listener hears at once."""
        self._broker.join(self._group, self)

    async def stop(self) -> None:
        """Leave."""
        self._broker.leave(self._group, self)
        self.revoke()

    async def fetch(
        self, max_records: int, timeout: float, only: Collection[Partition]
    ) -> Mapping[Partition, Sequence[Record]]:
        """Records that are there, else those that come within `timeout` seconds."""
        found = self._read(max_records, only)
        if not found:
            await self._broker.arrived(timeout)
            found = self._read(max_records, only)
        return found

    def seek(self, partition: Partition, offset: int) -> bool:
        """Read on from `offset`."""
        if partition not in self._positions:
            return False
        self._positions[partition] = offset
        return True

    async def bounds(self, partitions: Collection[Partition]) -> Mapping[Partition, Bounds]:
        """What is kept."""
        logs = {partition: self._broker.log(partition) for partition in partitions}
        return {partition: Bounds(log.low, log.end) for partition, log in logs.items()}

    async def identity(self, topics: Collection[str]) -> Identity:
        """The ids."""
        ids = {topic: self._broker.topic_id(topic) for topic in topics}
        return Identity(self._broker.cluster, ids, {topic: self._broker.partitions(topic) for topic in topics})

    async def report(self, offsets: Mapping[Partition, int]) -> None:
        """Keep them in `reported`."""
        self.reported.update(offsets)

    def update_topics(self, topics: Iterable[str]) -> None:
        """Deal out again."""
        self.topics = frozenset(topics)
        self._broker.rebalance(self._group)

    def assign(self, partitions: Collection[Partition]) -> None:
        """These are this member's now."""
        self._positions = dict.fromkeys(partitions)
        self._listener.assigned(partitions)

    def revoke(self) -> None:
        """Nothing is this member's now."""
        gone, self._positions = tuple(self._positions), {}
        if gone:
            self._listener.revoked(gone)

    def _read(self, limit: int, only: Collection[Partition]) -> dict[Partition, list[Record]]:
        found: dict[Partition, list[Record]] = {}
        for partition in only:
            position = self._positions.get(partition)
            records = [] if position is None or limit < 1 else self._broker.log(partition).read(position, limit)
            if records:
                found[partition] = records
                self._positions[partition] = records[-1].offset + 1
                limit -= len(records)
        return found
