"""What one event names: the aggregate that it is about, and another that it refers to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from schemas.envelope import Event
from schemas.events.case import CaseEvent, CaseProposed, CaseSignalAdded
from schemas.events.command import CommandAccepted
from schemas.events.integrity import IntegrityOpened
from schemas.events.tip import TipLinked
from schemas.messages import EventData


@dataclass(frozen=True, slots=True)
class Mention:
    """The ids by which an event could tell of a record: its own aggregate, and the one it refers to, if any."""

    type: str
    subject: UUID
    related: UUID | None

    @classmethod
    def of(cls, event: Event[Any]) -> Self:
        """What an event of the log of record names."""
        return cls(event.envelope.type, UUID(event.envelope.subject), related(event.data))

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Both ids, or the one."""
        return (self.subject,) if self.related is None else (self.subject, self.related)


def related(data: EventData) -> UUID | None:
    """The other aggregate that the data refer to. No event of today refers to more than one."""
    if isinstance(data, CaseProposed | CaseSignalAdded):
        return data.origin.id
    if isinstance(data, TipLinked):
        return data.linked_to
    if isinstance(data, CommandAccepted):
        return data.about
    return data.tip_id if isinstance(data, IntegrityOpened) else None


def case_of(event: Event[Any]) -> UUID | None:
    """The case that the event belongs to; None for tips, signals and answers, which have no case number."""
    return UUID(event.envelope.subject) if isinstance(event.data, CaseEvent) else None


def origins(events: Iterable[Event[Any]]) -> list[tuple[UUID, UUID]]:
    """Case and origin of each contribution among the events, each once, in an order that every writer shares."""
    growth = (event for event in events if isinstance(event.data, CaseProposed | CaseSignalAdded))
    return sorted({(UUID(event.envelope.subject), event.data.origin.id) for event in growth})
