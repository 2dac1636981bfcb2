"""Facts on their way into feeds, each with an id of its own, and stories of them for tests to vary."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from builders import PERSONAL, event, example
from bus.identity import uuid7
from schemas.envelope import Event
from schemas.events import (
    CaseClaimed,
    CaseProposed,
    CaseSignalAdded,
    IntegrityOpened,
    TipForwarded,
    TipHeld,
    TipReceived,
    TipWithdrawn,
)
from schemas.events.case import Origin, OriginKind
from schemas.messages import EventData
from schemas.views import View
from services.notifications.model.mention import Mention
from services.notifications.model.row import FeedRow

D = TypeVar("D", bound=EventData)
FULL, FIELDS, POINTER = View.FULL, View.FIELDS, View.POINTER
DESK, LEAD, CO, COORDINATOR, INTEGRITY = "vptt-389", "customs-hq", "qltt-79", "bcd-79", "integrity-389"


def fact(
    model: type[D],
    subject: UUID,
    audience: Mapping[str, View],
    *,
    sequence: int = 1,
    personal: Mapping[UUID, Any] | None = None,
    **changes: Any,
) -> Event[D]:
    """One fact about a subject, its personal part as given (none unless it is)."""
    data = example(model, personal=dict(personal or {}), **changes)
    inside = {"correlationid": str(uuid7()), "causationid": str(uuid7()), "traceparent": "00-trace"}
    return event(data, subject=subject, sequence=sequence, audience=audience, id=str(uuid7()), **inside)


def received(tip: UUID, sequence: int = 1) -> Event[TipReceived]:
    """tip.received, for its desk."""
    return fact(TipReceived, tip, {DESK: FULL}, sequence=sequence, personal={tip: PERSONAL})


def forwarded(tip: UUID, sequence: int = 2) -> Event[TipForwarded]:
    """tip.forwarded, for its desk and the units of its route."""
    return fact(TipForwarded, tip, {DESK: FULL, LEAD: FULL, CO: FULL}, sequence=sequence, personal={tip: PERSONAL})


def withdrawn(tip: UUID, sequence: int = 3, told: str = CO) -> Event[TipWithdrawn]:
    """tip.withdrawn, for one unit that had the tip and may know."""
    return fact(TipWithdrawn, tip, {told: FULL}, sequence=sequence)


def held(tip: UUID, sequence: int = 4) -> Event[TipHeld]:
    """tip.held, for the integrity unit."""
    return fact(TipHeld, tip, {INTEGRITY: FULL}, sequence=sequence, integrity_id=uuid7())


def opened(tip: UUID) -> Event[IntegrityOpened]:
    """integrity.opened, for the integrity unit."""
    return fact(IntegrityOpened, uuid7(), {INTEGRITY: FULL}, tip_id=tip, personal={tip: PERSONAL})


def grown(model: type[D], case: UUID, origin: UUID, sequence: int = 1, kind: OriginKind = OriginKind.TIP) -> Event[D]:
    """case.proposed or case.signal_added from an origin, for lead, co and coordinator."""
    audience = {LEAD: FULL, CO: FULL, COORDINATOR: FIELDS}
    made = Origin(kind=kind, id=origin, sender=DESK, reference="ref")
    return fact(model, case, audience, sequence=sequence, origin=made, personal={origin: PERSONAL})


def proposed(case: UUID, origin: UUID) -> Event[CaseProposed]:
    """case.proposed from a tip."""
    return grown(CaseProposed, case, origin)


def added(case: UUID, origin: UUID, sequence: int) -> Event[CaseSignalAdded]:
    """case.signal_added from a signal."""
    return grown(CaseSignalAdded, case, origin, sequence, OriginKind.SIGNAL)


def claimed(case: UUID, sequence: int = 2) -> Event[CaseClaimed]:
    """case.claimed by the lead."""
    return fact(CaseClaimed, case, {LEAD: FULL, CO: POINTER, COORDINATOR: FIELDS}, sequence=sequence)


def row_of(unit: str, case: UUID, case_number: int) -> FeedRow:
    """A row of a feed that brings something to a case, under this number of the case."""
    mention = Mention(CaseSignalAdded.type_name(), case, uuid7())
    return FeedRow(
        id=case_number,
        unit=unit,
        number=case_number,
        case_number=case_number,
        view=FULL,
        event_id=str(mention.related),
        mention=mention,
        headers={},
        payload=b"",
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
