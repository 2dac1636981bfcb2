"""The list of cases, one case, and the claim."""

import asyncio
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from bus.errors import Refused
from schemas.problems import NOT_FOUND
from services.console.api.doors import Doors, TheDoors, TheVisitor, page
from services.console.api.places import place_in, text_of
from services.console.api.signing import SEE_OTHER, STALE_FORM
from services.console.handlers.reading import CaseRead
from services.console.model.sight import State
from services.console.model.standing import claim_act, positions
from services.console.sessions import Visitor, genuine

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
SETTLE_SECONDS = 2.0
"""How long the answer to a claim waits for the timeline; the page's stream brings what is later."""
STATES = {state.word: state for state in State}


@router.get("/")
async def home() -> Response:
    """The list is the first page."""
    return RedirectResponse("/cases", SEE_OTHER)


@router.get("/cases")
async def cases(request: Request, doors: TheDoors, visitor: TheVisitor, state: str = "", after: str = "") -> Response:
    """A page of the cases that the visitor's unit may see; a state or place that does not exist is left out."""
    chosen = STATES.get(state)
    listing = await doors.reader.cases(visitor.unit, chosen, place_in(after))
    values: dict[str, Any] = {
        "listing": listing,
        "state": chosen,
        "after": after,
        "next": text_of(listing.next),
        "stream": f"/cases/stream?since={listing.overview.change}",
    }
    return page(request, "cases.html", visitor=visitor, section="cases", **values)


@router.get("/cases/{case_id}")
async def case(request: Request, case_id: str, doors: TheDoors, visitor: TheVisitor) -> Response:
    """One case, cut to the visitor's unit; unknown and unseen cases are answered alike."""
    found = await read(doors, visitor, case_id)
    return page(request, "case.html", visitor=visitor, section="cases", answer=None, **shown(found, visitor))


@router.get("/cases/{case_id}/claim")
async def claim_again(request: Request, case_id: str) -> Response:
    """Whoever comes back to the address of an answer, or changes its language, is shown the case."""
    return RedirectResponse(f"/cases/{quote(case_id, safe='')}?{request.url.query}".rstrip("?"), SEE_OTHER)


@router.post("/cases/{case_id}/claim")
async def claim(
    request: Request, case_id: str, doors: TheDoors, visitor: TheVisitor, form_token: Text, key: Text
) -> Response:
    """Send the claim in the officer's name and show the answer on the page of the case."""
    if not genuine(visitor.session, form_token):
        raise Refused(STALE_FORM)
    known = await read(doors, visitor, case_id)
    answer = await doors.claiming.claim(known.sheet.case_id, visitor.token, key)
    found = await (settled if answer.decided else read)(doors, visitor, case_id)
    values = {"answer": answer, **shown(found, visitor)}
    status = answer.problem.status if answer.problem else 200
    return page(request, "case.html", status=status, visitor=visitor, section="cases", **values)


async def settled(doors: Doors, visitor: Visitor, case_id: str) -> CaseRead:
    """The case once it shows that somebody leads it, or as it is after a moment: the timeline follows the bus."""
    with doors.hub.listening() as bell:
        found = await read(doors, visitor, case_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                while found.sheet.state is State.PROPOSED:
                    await bell.wait()
                    bell.clear()
                    found = await read(doors, visitor, case_id)
    return found


async def read(doors: Doors, visitor: Visitor, case_id: str) -> CaseRead:
    """The case as the visitor's unit sees it; raises `Refused` (404)."""
    try:
        found = await doors.reader.case(visitor.unit, UUID(case_id))
    except ValueError:
        found = None
    if found is None:
        raise Refused(NOT_FOUND.problem())
    return found


def shown(found: CaseRead, visitor: Visitor) -> dict[str, Any]:
    """What the templates of a case are given. The key makes one shown button one claim, however often it is pressed."""
    return {
        "sheet": found.sheet,
        "entries": found.entries,
        "positions": positions(found.sheet),
        "act": claim_act(found.sheet, visitor.actor),
        "key": str(uuid4()),
        "stream": f"/cases/{found.sheet.case_id}/stream?since={found.change}",
    }
