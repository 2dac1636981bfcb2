"""One case as JSON, for programs that hold an actor's token."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from bus.errors import Refused
from schemas.problems import NOT_FOUND
from services.console.api.doors import TheDoors, TheReader

router = APIRouter(prefix="/api")


@router.get("/cases/{case_id}")
async def case(case_id: UUID, actor: TheReader, doors: TheDoors) -> dict[str, Any]:
    """One case with its timeline in display order, cut to the actor's unit. 404 for unknown and unseen ones alike."""
    found = await doors.reader.case(actor.unit, case_id)
    if found is None:
        raise Refused(NOT_FOUND.problem())
    return {**found.sheet.document(), "timeline": [one.document() for one in found.entries]}
