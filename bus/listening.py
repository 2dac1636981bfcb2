"""What one consumer listens to: its group, its topics and, in one mapping, who handles what."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from bus.message import Record, Trust
from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.messages import Message

Handler = Callable[[Sequence[Event[Any]], UnitOfWork], Awaitable[None]]
"""Gets events of one partition in order, none of them twice, one or many; commits nothing itself."""
RawHandler = Callable[[Sequence[Record], UnitOfWork], Awaitable[None]]
"""Gets records as they came, and answers itself what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who handles one type. `replay` says whether a rebuild from the log calls it: effects in the world are `never`."""

    handler: Handler
    replay: Literal["project", "never"]


Subscriptions = Mapping[Message, Subscription]
"""The one visible mapping in a service's `consumer.py`."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Everything that one group reads.

    `topics` are logs of record: sequenced, a repeat is skipped, a hole parks. `inbound` carries commands without
    sequence. `raw` goes to `raw_handler` undecoded. `replaying` leaves out the handlers that say `never`.
    """

    group: str
    topics: tuple[str, ...] = ()
    inbound: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    subscriptions: Subscriptions = field(default_factory=lambda: MappingProxyType({}))
    raw_handler: RawHandler | None = None
    replaying: bool = False

    def __post_init__(self) -> None:
        if self.raw and self.raw_handler is None:
            raise ValueError("raw topics need a raw_handler")

    def all_topics(self) -> tuple[str, ...]:
        """Every topic of the group, each once."""
        return tuple(dict.fromkeys((*self.topics, *self.inbound, *self.raw)))

    def trust(self, topic: str) -> Trust:
        """How far a topic is believed."""
        if topic in self.topics:
            return Trust.LOG
        return Trust.INBOUND if topic in self.inbound else Trust.UNIT

    def by_type(self) -> Mapping[str, Subscription]:
        """The subscriptions by CloudEvents type."""
        return {model.type_name(): subscription for model, subscription in self.subscriptions.items()}
