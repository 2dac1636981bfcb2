"""Puts what a service says into an envelope: who says it, about what, since when, because of which other message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.identity import Clock, NewId
from bus.sealing import Keyring
from schemas.envelope import Audience, Envelope, Event
from schemas.messages import EventData
from schemas.topics import Topics

BY_RULE = "phoihop"
"""The unit in the source of facts that a rule makes."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every transaction of one service shares."""

    service: str
    topics: Topics
    clock: Clock
    new_id: NewId
    keyring: Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What only the caller knows about an event: its place, its readers, its time in the world, and why it is said."""

    subject: UUID
    sequence: int
    audience: Audience
    acttime: datetime
    unit: str = BY_RULE
    cause: Event[Any] | None = None
    legalbasis: str | None = None
    corrects: str | None = None


def envelop(data: EventData, said: Said, context: Context) -> Event[EventData]:
    """The event as it is published, still opened. It is recorded now and belongs to the chain of its cause."""
    now = context.clock()
    cause = said.cause.envelope if said.cause else None
    envelope = Envelope(
        id=str(context.new_id()),
        source=f"/units/{said.unit}/{context.service}",
        type=data.type_name(),
        time=now,
        subject=str(said.subject),
        dataschema=f"urn:phoihop:schema:{data.type_name()}:{data.MINOR}:full",
        sequence=said.sequence,
        partitionkey=str(said.subject),
        correlationid=(cause.correlationid or cause.id) if cause else None,
        causationid=cause.id if cause else None,
        traceparent=cause.traceparent if cause else None,
        acttime=said.acttime,
        recordedtime=now,
        dataclassification=data.CLASSIFICATION,
        datacategory=data.CATEGORY,
        legalbasis=said.legalbasis,
        corrects=said.corrects,
    )
    return Event(envelope, data, said.audience)
