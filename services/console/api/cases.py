"""One case, and the claim."""

import asyncio
from contextlib import suppress
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from bus.errors import Refused
from services.console.api.doors import Doors, SignedIn, TheDoors, TheVisitor, first_page, page
from services.console.api.showing import Framed, TheAsked, read, shown
from services.console.api.signing import SEE_OTHER, STALE_FORM
from services.console.model.sight import State
from services.console.sessions import Visitor, genuine

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
SETTLE_SECONDS = 2.0
"""How long the answer to a claim waits for the timeline; the page's stream brings what is later."""


@router.get("/")
async def home(visitor: SignedIn) -> Response:
    """The first page of whoever is signed in."""
    return RedirectResponse(first_page(visitor.actor), SEE_OTHER)


@router.get("/cases/{case_id}")
async def case(request: Request, case_id: str, doors: TheDoors, visitor: TheVisitor, asked: TheAsked) -> Response:
    """One case, cut to the visitor's unit; unknown and unseen cases are answered alike."""
    found = await read(doors, visitor, case_id, asked)
    values = shown(request, doors, visitor, found)
    return page(request, "case.html", visitor=visitor, section="cases", answer=None, **values)


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
    answer = await doors.claiming.claim(known.read.sheet.case_id, visitor.token, key)
    found = await (settled if answer.decided else read)(doors, visitor, case_id)
    values = {"answer": answer, **shown(request, doors, visitor, found)}
    status = answer.problem.status if answer.problem else 200
    return page(request, "case.html", status=status, visitor=visitor, section="cases", **values)


async def settled(doors: Doors, visitor: Visitor, case_id: str) -> Framed:
    """The case once it shows that somebody leads it, or as it is after a moment: the timeline follows the bus."""
    with doors.hub.listening() as bell:
        found = await read(doors, visitor, case_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                while found.read.sheet.state is State.PROPOSED:
                    await bell.wait()
                    bell.clear()
                    found = await read(doors, visitor, case_id)
    return found
