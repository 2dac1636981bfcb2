"""One event of a case's timeline, as it is kept: sealed, with its audience beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self
from uuid import UUID

from schemas.envelope import Audience, Event
from schemas.events.case import CaseEvent, CaseProposed, CaseSignalAdded
from schemas.views import View
from services.console.model.labels import ASKED, labels


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of an event; nothing in it is opened.

    `origin` is the tip or signal that the event brought into the case; None for a fact about the case as a whole.
    """

    case_id: UUID
    event_id: str
    kind: str
    acttime: datetime
    recordedtime: datetime
    audience: Audience
    origin: UUID | None
    labels: Mapping[View, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """What the list is filtered by, for each view that the audience grants."""

    @classmethod
    def of(cls, event: Event[CaseEvent]) -> Self:
        """The entry of an event of the case topic."""
        envelope = event.envelope
        recorded = envelope.recordedtime or envelope.time
        return cls(
            case_id=UUID(envelope.subject),
            event_id=envelope.id,
            kind=event.data.KIND,
            acttime=envelope.acttime or recorded,
            recordedtime=recorded,
            audience=event.audience,
            origin=origin_of(event.data),
            labels=labelled(event.data.model_dump(mode="json", include=set(ASKED)), event.audience),
        )

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """The place in the display: when it happened, when the bus was told, and the id between equals."""
        return (self.acttime, self.recordedtime, self.event_id)


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry with the event as it travelled, and its change number, which drives the live stream."""

    entry: Entry
    change: int
    headers: Mapping[str, str]
    payload: bytes


def origin_of(data: Any) -> UUID | None:
    """The tip or signal that this event brought into the case."""
    return data.origin.id if isinstance(data, CaseProposed | CaseSignalAdded) else None


def labelled(data: Mapping[str, Any], audience: Audience) -> Mapping[View, frozenset[str]]:
    """The labels of an event's data (as JSON) for each view that its audience grants."""
    return MappingProxyType({view: labels(data, view) for view in set(audience.values())})
