"""What the integrity officer is told of a held tip: which topics took copies before it was held, and until when."""

from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from bus.errors import Refused
from schemas.problems import NOT_FOUND
from schemas.topics import Topics
from services.notifications.api.doors import CurrentDoors
from services.notifications.handlers.withdrawal import copies_of
from services.notifications.repository.copies import Copy
from services.runtime.actors import CurrentActor


class CopyRow(BaseModel):
    """One copy. `expires_at` is when the topic lets go of it, unless the unit's system kept it elsewhere."""

    unit: str
    feednumber: int
    type: str
    topic: str
    written_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, copy: Copy, topics: Topics) -> Self:
        """The row of a copy."""
        return cls(
            unit=copy.unit,
            feednumber=copy.number,
            type=copy.mention.type,
            topic=topics.to_unit(copy.unit),
            written_at=copy.written_at,
            expires_at=copy.expires_at,
        )


class Copies(BaseModel):
    """Every copy of a held tip that a topic still holds, by unit and number."""

    tip_id: UUID
    copies: list[CopyRow]


def router() -> APIRouter:
    """The door of the integrity route."""
    found = APIRouter(prefix="/integrity", tags=["integrity"])

    @found.get("/copies/{tip}")
    async def copies(tip: UUID, actor: CurrentActor, parts: CurrentDoors) -> Copies:
        """A tip that is not held, or is held from this very unit, is answered as one that never was."""
        parts.allow(actor, "integrity.read")
        held = await copies_of(tip, actor.unit, parts.units)
        if held is None:
            raise Refused(NOT_FOUND.problem())
        return Copies(tip_id=tip, copies=[CopyRow.of(copy, parts.units.context.topics) for copy in held])

    return found
