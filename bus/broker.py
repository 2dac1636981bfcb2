"""The port to the log: what a broker promises, whichever one it is. `bus/kafka.py` and `bus/memory.py` keep it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bus.message import Message, Record


class Partition(NamedTuple):
    """One ordered log: a topic and the number of its partition, from 0."""

    topic: str
    number: int


class Bounds(NamedTuple):
    """What a partition still holds: offsets `low` (the oldest kept) up to, but without, `end` (the next written)."""

    low: int
    end: int


@dataclass(frozen=True, slots=True)
class LogPlace:
    """One topic as it is: the ids of cluster and topic; by partition the oldest offset kept and the next written."""

    cluster: str
    topic: str
    lows: Mapping[int, int]
    ends: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Identity:
    """Which log this is. A cluster or a topic made anew under the old name has another id.

    `partitions` is how many each topic has.
    """

    cluster: str
    topics: Mapping[str, str]
    partitions: Mapping[str, int]


class Listener(Protocol):
    """Told of assignment. Both calls only note what happened: they do no I/O, wait for nothing and never raise."""

    def assigned(self, partitions: Collection[Partition]) -> None:
        """These partitions, and no others, are now this member's; each starts without a position."""

    def revoked(self, partitions: Collection[Partition]) -> None:
        """These partitions are no longer this member's."""


class Reader(Protocol):
    """One member of a group. A partition is read only after `seek`; nothing is ever reset to earliest or latest."""

    async def start(self) -> None:
        """Join the group; the listener hears of partitions while `fetch` is called. Raises `Transient`."""

    async def stop(self) -> None:
        """Leave the group within a few seconds, or without a farewell."""

    async def fetch(
        self, max_records: int, timeout: float, only: Collection[Partition]
    ) -> Mapping[Partition, Sequence[Record]]:
        """At most `max_records` records of the partitions `only`, in offset order; empty after `timeout` seconds.

        Partitions left out keep their place. Raises `LogGap` where a position fell out of the log, else `Transient`.
        """

    def seek(self, partition: Partition, offset: int) -> bool:
        """Read on from `offset`; what was fetched before is dropped. False if the partition is no longer assigned."""

    async def bounds(self, partitions: Collection[Partition]) -> Mapping[Partition, Bounds]:
        """What each partition still holds. Raises `Transient`."""

    async def identity(self, topics: Collection[str]) -> Identity:
        """The ids of the cluster and of these topics. Raises `Transient`, also while a topic does not exist."""

    async def report(self, offsets: Mapping[Partition, int]) -> None:
        """Tell the broker how far we are, for lag displays only. Raises `Transient`."""

    def update_topics(self, topics: Iterable[str]) -> None:
        """Read these topics from now on; the listener hears of the new assignment."""


class Broker(Protocol):
    """A log that keeps what it acknowledged, in order per partition."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append all of them, keeping the order of those that share a partition; returns when all are acknowledged.

        Raises `PublishUnknown` when that cannot be said of each: some, all or none may have been written, and the
        caller sends everything again from where it last knew.
        """

    def reader(self, group: str, topics: Iterable[str], listener: Listener) -> Reader:
        """A member of `group` for these topics, not yet started."""

    async def describe(self, topic: str) -> LogPlace:
        """The topic as it is now. Raises `Transient`, also while it does not exist or may not be described."""

    async def close(self) -> None:
        """Let go of connections within a few seconds."""
