"""What the events about one tip have in common."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bus.uow import UnitOfWork
from schemas.envelope import Audience, Event
from schemas.events.tip import TipEvent
from schemas.facts import PersonalFacts
from services.intake.details import unlock
from services.intake.model import Tip
from services.intake.office import REGULATION


def personal(tip_id: UUID, details: PersonalFacts | None) -> dict[UUID, PersonalFacts]:
    """The personal part of an event about one tip, to be sealed when the transaction commits."""
    return {} if details is None else {tip_id: details}


async def opened_details(tip: Tip, purpose: str, uow: UnitOfWork) -> PersonalFacts | None:
    """The tip's personal part; None if it has none or its key was destroyed, and with it the part."""
    if tip.details is None:
        return None
    keys = await uow.open_keys([tip.id], purpose)
    return unlock(tip.details, tip.id, keys[tip.id]) if tip.id in keys else None


def tell(
    tip: Tip,
    data: TipEvent,
    audience: Audience,
    uow: UnitOfWork,
    cause: Event[Any],
    *,
    sequence: int | None = None,
    acttime: datetime | None = None,
) -> None:
    """Publish what the desk decided; the sequence is the tip's own unless another is given."""
    uow.publish(
        data,
        subject=tip.id,
        sequence=sequence or tip.sequence,
        audience=audience,
        unit=tip.desk,
        acttime=acttime or uow.context.clock(),
        cause=cause,
        legalbasis=REGULATION,
    )
