"""Deciding what becomes of each record of a batch, before anything is written: apply, skip or park. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bus.errors import BusError, SequenceHole, UnknownMajor, UnknownType
from bus.frame import Frame
from bus.listening import Handler, Subscription
from bus.message import Record
from bus.parking import Parked, because, behind
from schemas.envelope import Event
from schemas.types import family


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbours with one handler, which gets them in one call."""

    handler: Handler
    events: list[Event[Any]] = field(default_factory=list)


@dataclass(slots=True)
class Rules:
    """What a group does with types. `sequenced` topics are logs of record."""

    subscriptions: Mapping[str, Subscription]
    sequenced: bool
    replaying: bool = False
    families: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.families = frozenset(family(name) for name in self.subscriptions)

    def subscription(self, name: str) -> Subscription | None:
        """Who handles this type; None if this group skips it.

        Raises `UnknownMajor` for another major version of a type that is handled, and `UnknownType` where every
        message asks for an answer.
        """
        found = self.subscriptions.get(name)
        if found is not None:
            return None if self.replaying and found.replay == "never" else found
        if family(name) in self.families:
            raise UnknownMajor(name)
        if not self.sequenced:
            raise UnknownType(name)
        return None


@dataclass(slots=True)
class Plan:
    """What becomes of a batch. Every record added is in exactly one of `runs`, `skipped` and `parked`.

    `held` (parked keys) and `last` (sequences applied) are those of the database at first, and grow with the batch.
    `failed` names the offsets whose handler is already known to fail, and why.
    """

    rules: Rules
    held: set[bytes] = field(default_factory=set)
    last: dict[UUID, int] = field(default_factory=dict)
    failed: Mapping[int, Exception] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    skipped: int = 0
    moved: dict[UUID, int] = field(default_factory=dict)

    @property
    def applied(self) -> int:
        """How many events go to handlers."""
        return sum(len(run.events) for run in self.runs)

    def add(self, record: Record, found: Frame | BusError) -> None:
        """Decide about the next record of the partition. `found` is its envelope, or why it has none."""
        if record.key in self.held:
            self.parked.append(behind(record, _sequence(found)))
            return
        try:
            self._decide(record, found)
        except BusError as error:
            self._park(record, error, found)

    def _decide(self, record: Record, found: Frame | BusError) -> None:
        if isinstance(found, BusError):
            raise found
        aggregate = found.aggregate
        if aggregate is not None and self._is_repeat(aggregate, found.sequence):
            self.skipped += 1
            return
        if record.offset in self.failed:
            self._park(record, self.failed[record.offset], found)
            return
        subscription = self.rules.subscription(found.envelope.type)
        if subscription is None:
            self.skipped += 1
        else:
            self._append(subscription.handler, found.event())
        if aggregate is not None:
            self.last[aggregate] = self.moved[aggregate] = found.sequence

    def _is_repeat(self, aggregate: UUID, sequence: int) -> bool:
        last = self.last.get(aggregate, 0)
        if sequence > last + 1:
            raise SequenceHole(f"sequence {sequence} came after {last}")
        return sequence <= last

    def _append(self, handler: Handler, event: Event[Any]) -> None:
        if not self.runs or self.runs[-1].handler != handler:
            self.runs.append(Run(handler))
        self.runs[-1].events.append(event)

    def _park(self, record: Record, error: Exception, found: Frame | BusError) -> None:
        self.parked.append(because(record, error, sequence=_sequence(found)))
        if record.key is not None:
            self.held.add(record.key)


def _sequence(found: Frame | BusError) -> int | None:
    return found.sequence if isinstance(found, Frame) and found.aggregate is not None else None
