"""The pages as JSON, for programs that hold an actor's token."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from bus.errors import Refused
from schemas.problems import MALFORMED, NOT_FOUND
from services.console.api.cases import STATES
from services.console.api.doors import TheDoors, TheReader
from services.console.api.places import place_in, text_of

router = APIRouter(prefix="/api")
_UNKNOWN_STATE = MALFORMED.problem(
    "Trạng thái không có. Dùng proposed, claimed hoặc closed.", "No such state: use proposed, claimed or closed."
)


@router.get("/cases")
async def cases(actor: TheReader, doors: TheDoors, state: str = "", after: str = "") -> dict[str, Any]:
    """A page of the cases that the actor's unit may see, the last changed first; `next` goes on behind it."""
    if state and state not in STATES:
        raise Refused(_UNKNOWN_STATE, "/state")
    listing = await doors.reader.cases(actor.unit, STATES.get(state), place_in(after))
    counts = {word: listing.overview.cases[found] for word, found in STATES.items()}
    return {
        "cases": [sheet.row() for sheet in listing.cases],
        "counts": counts,
        "next": text_of(listing.next) or None,
    }


@router.get("/cases/{case_id}")
async def case(case_id: UUID, actor: TheReader, doors: TheDoors) -> dict[str, Any]:
    """One case with its timeline in display order, cut to the actor's unit. 404 for unknown and unseen ones alike."""
    found = await doors.reader.case(actor.unit, case_id)
    if found is None:
        raise Refused(NOT_FOUND.problem())
    return {**found.sheet.document(), "timeline": [one.document() for one in found.entries]}
