"""The assignment gate: which partitions this member may read, and why it may not read the others.

A partition is shut when it is assigned and opens only after its offset row was taken, its log compared and its
position set. That, not the broker's callback, is what lets records through: a broker hands out records of a fresh
assignment before the callback has ended, and forgets what the callback raised.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bus.broker import Partition
from bus.fence import Grip
from bus.message import Record


class State(StrEnum):
    """Where one assigned partition stands."""

    SHUT = "shut"
    """Assigned, and not yet taken."""
    OPEN = "open"
    """Read."""
    WAITING = "waiting"
    """A batch is in hand that will be tried again; nothing after it is read."""
    LOST = "lost"
    """Another member took it. It is asked for again only if the broker still gives it to us a while later."""
    FULL = "full"
    """What comes next would have to be parked, and as much is parked as may be. Read again once there is room."""
    LOG_GAP = "log_gap"
    """The log does not hold what comes next. Nothing is read until it does."""


@dataclass(slots=True, eq=False)
class Place:
    """One assigned partition: its state, why, and when (in seconds of the loop's clock) to look at it again."""

    partition: Partition
    state: State = State.SHUT
    reason: str = ""
    due: float = 0.0
    attempt: int = 0
    strayed: int = -1
    grip: Grip | None = None
    records: Sequence[Record] = ()

    def names(self) -> dict[str, str | int]:
        """Which partition it is, for log lines."""
        return {"topic": self.partition.topic, "part": self.partition.number}

    def open(self, grip: Grip) -> None:
        """Let records through from `grip.next_offset` on."""
        self.state, self.reason, self.attempt, self.grip, self.records = State.OPEN, "", 0, grip, ()

    def moved(self, to: int) -> None:
        """The offset row stands at `to` now."""
        if self.grip is not None:
            self.grip = Grip(self.grip.epoch, to, self.grip.origin)

    def shut(self, state: State, reason: str, due: float) -> None:
        """Let nothing through until `due`; a batch in hand stays only while `WAITING`."""
        self.state, self.reason, self.due = state, reason, due
        if state is not State.WAITING:
            self.grip, self.records = None, ()


class Gate:
    """The places of one member. The broker tells it of assignments; the consumer opens and shuts places.

    `stirred` is set whenever the assignment changes, so that a waiting consumer looks at once.
    """

    def __init__(self) -> None:
        self.stirred = asyncio.Event()
        self._places: dict[Partition, Place] = {}

    def assigned(self, partitions: Collection[Partition]) -> None:
        """Only these partitions are ours now, each of them shut: positions of an earlier assignment are void."""
        self._places = {partition: Place(partition) for partition in sorted(partitions)}
        self.stirred.set()

    def revoked(self, partitions: Collection[Partition]) -> None:
        """These partitions are not ours any more."""
        for partition in partitions:
            self._places.pop(partition, None)
        self.stirred.set()

    def __iter__(self) -> Iterator[Place]:
        return iter(tuple(self._places.values()))

    def holds(self, place: Place) -> bool:
        """Whether `place` is of the present assignment."""
        return self._places.get(place.partition) is place

    def readable(self) -> Mapping[Partition, Place]:
        """The places that let records through."""
        return {place.partition: place for place in self if place.state is State.OPEN}

    def due(self, now: float, *states: State) -> list[Place]:
        """The places in one of `states` that want to be looked at."""
        return [place for place in self if place.state in states and place.due <= now]

    def next_due(self, now: float, limit: float) -> float:
        """Seconds until a place that is not read wants to be looked at, at most `limit`."""
        waits = [place.due - now for place in self if place.state is not State.OPEN]
        return max(0.0, min([*waits, limit]))
