"""What travels: the bytes of one event, before and after the log gave them a place."""

from dataclasses import dataclass
from enum import Enum, auto

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """The bytes of one event on their way to a topic. What Kafka has as null value or header is empty here."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Record(Message):
    """A message in its place in the log. `timestamp` is the broker's, in milliseconds of the Unix epoch."""

    partition: int
    offset: int
    timestamp: int


class Trust(Enum):
    """Who may write to the topic that a message came from, and so what beside the event itself is believed."""

    LOG = auto()
    """The log of record: `audience` is read; subject, sequence and key must agree."""
    INBOUND = auto()
    """An owner's inbound topic, which the gateway alone may write: `actor` must be there."""
    UNIT = auto()
    """A unit's own topic, or HTTP: nothing beside the event is read."""
