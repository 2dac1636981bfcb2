"""What the integrity unit sees of held tips; nobody else is told that there are any."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from schemas.events.tip import Channel
from schemas.facts import Facts, UnitCode
from services.audience import hidden_units
from services.intake.api.doors import CurrentDoors
from services.intake.handlers.own import allow
from services.intake.model import Tip
from services.intake.repository import tips
from services.policy import Resource
from services.runtime.actors import CurrentActor

MAX_PAGE = 200


class HeldRow(BaseModel):
    """One held tip; what was said is opened through unmask."""

    tip_id: UUID
    integrity_id: UUID | None
    tip_no: str
    desk: UnitCode
    channel: Channel
    received_at: datetime
    named_units: tuple[UnitCode, ...]
    facts: Facts

    @classmethod
    def of(cls, tip: Tip) -> Self:
        """The row of a held tip."""
        return cls(
            tip_id=tip.id,
            integrity_id=tip.integrity_id,
            tip_no=tip.tip_no,
            desk=tip.desk,
            channel=tip.channel,
            received_at=tip.received_at,
            named_units=tip.named_units,
            facts=tip.facts,
        )


class HeldPage(BaseModel):
    """Held tips in order of receipt; `next` is the `after` of the next page."""

    tips: list[HeldRow]
    next: UUID | None

    @classmethod
    def of(cls, tips: Sequence[Tip], unit: str, limit: int, parts: CurrentDoors) -> Self:
        """The page without the tips that name this very integrity unit."""
        book, today = parts.office.book, parts.today()
        shown = [tip for tip in tips if unit not in hidden_units(tip.named_units, book, today)]
        return cls(tips=[HeldRow.of(tip) for tip in shown], next=tips[-1].id if len(tips) == limit else None)


def router() -> APIRouter:
    """The door of the integrity route."""
    found = APIRouter(prefix="/integrity/tips", tags=["integrity"])

    @found.get("")
    async def held(
        actor: CurrentActor,
        parts: CurrentDoors,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> HeldPage:
        trusted = parts.office.book.integrity_units_at(parts.today())
        allow(actor, "integrity.read", Resource(integrity_units=trusted))
        async with parts.database.autocommit() as raw:
            pile = await tips.held_tips(raw, after, limit)
        return HeldPage.of(pile, actor.unit, limit, parts)

    return found
