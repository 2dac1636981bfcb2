"""Puts what a service says into an envelope: who says it, about what, since when, because of which other message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bus.identity import Clock, NewId
from bus.sealing import Keyring
from bus.tracing import OFF, Tracing
from schemas.classification import Classification, DataCategory
from schemas.envelope import Audience, Envelope, Event
from schemas.messages import EventData, schema_urn
from schemas.topics import Topics
from schemas.views import View

BY_RULE = "phoihop"
"""The unit in the source of facts that a rule makes."""
UNTRACED = "integrity"
"""The aggregate of which no trace tells: that there is one may be known to its route alone."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every transaction of one service shares."""

    service: str
    topics: Topics
    clock: Clock
    new_id: NewId
    keyring: Keyring
    tracing: Tracing = OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What only the caller knows about an event: its place, its readers, its time in the world, and why it is said.

    `attached` is the event whose content by reference (`dataref` with its hash) this one passes on.
    """

    subject: UUID
    sequence: int
    audience: Audience
    acttime: datetime
    unit: str = BY_RULE
    cause: Event[Any] | None = None
    attached: Event[Any] | None = None
    legalbasis: str | None = None
    corrects: str | None = None


def envelop(data: EventData, said: Said, context: Context) -> Event[EventData]:
    """The event as it is published, still opened. It is recorded now and belongs to the chain of its cause.

    It is labelled as its type is, or as its cause where that is stricter.
    """
    now = context.clock()
    cause = said.cause.envelope if said.cause else None
    envelope = Envelope(
        id=str(context.new_id()),
        source=f"/units/{said.unit}/{context.service}",
        type=data.type_name(),
        time=now,
        subject=str(said.subject),
        dataschema=schema_urn(type(data), View.FULL),
        sequence=said.sequence,
        partitionkey=str(said.subject),
        correlationid=(cause.correlationid or cause.id) if cause else None,
        causationid=cause.id if cause else None,
        traceparent=_traceparent(data, cause, context),
        acttime=said.acttime,
        recordedtime=now,
        dataref=said.attached.envelope.dataref if said.attached else None,
        datarefhash=said.attached.envelope.datarefhash if said.attached else None,
        dataclassification=_classification(data, cause),
        datacategory=_category(data, cause),
        legalbasis=said.legalbasis,
        corrects=said.corrects,
    )
    return Event(envelope, data, said.audience)


def _traceparent(data: EventData, cause: Envelope | None, context: Context) -> str | None:
    if data.aggregate() == UNTRACED:
        return None
    topic = context.topics.of_aggregate(data.aggregate())
    return context.tracing.written(topic, cause.traceparent if cause else None)


def _classification(data: EventData, cause: Envelope | None) -> Classification:
    own = data.CLASSIFICATION
    return Classification.strictest(own, cause.dataclassification) if cause else own


def _category(data: EventData, cause: Envelope | None) -> DataCategory:
    """That of the type; higher where the event carries people's data that its cause, or the law, calls sensitive."""
    if not data.personal:
        return data.CATEGORY
    if any(facts.sensitive for facts in data.personal.values()):
        return DataCategory.SENSITIVE
    return DataCategory.highest(data.CATEGORY, cause.datacategory) if cause else data.CATEGORY
