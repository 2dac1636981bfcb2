"""The list of cases: the page of it, and its JSON twin."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from schemas.reference.validity import vietnam_date
from services.console.api.asking import REFUSALS, TheWanted
from services.console.api.doors import TheDoors, TheReader, TheVisitor, page
from services.console.api.places import text_of
from services.console.look.choices import Choices
from services.console.model.board import SILENT_DAYS, Tab
from services.console.model.standing import claim_act

router = APIRouter()


@router.get("/cases", include_in_schema=False)
async def cases(request: Request, doors: TheDoors, visitor: TheVisitor, wanted: TheWanted) -> Response:
    """A page of the cases that the visitor's unit may see; a filter that means nothing is left out, and said."""
    listing = await doors.reader.cases(visitor.unit, wanted.asked, wanted.after)
    pages = doors.pages
    values: dict[str, Any] = {
        "listing": listing,
        "wanted": wanted,
        "acts": {sheet.case_id: claim_act(sheet, visitor.actor) for sheet in listing.cases},
        "last_new": listing.touched if wanted.asked.tab is Tab.SILENT else {},
        "choices": Choices.of(pages.book, vietnam_date(pages.clock())),
        "refusals": {name: {"vi": refusal.vi, "en": refusal.en} for name, refusal in REFUSALS.items()},
        "silent_days": SILENT_DAYS,
        "next": wanted.address(after=text_of(listing.next)) if listing.next else "",
        "stream": f"/cases/stream?since={listing.overview.change}",
    }
    return page(request, "cases.html", visitor=visitor, section="cases", **values)


@router.get("/api/cases")
async def twin(actor: TheReader, doors: TheDoors, wanted: TheWanted) -> dict[str, Any]:
    """A page of the cases that the actor's unit may see, the last changed first (silent ones: longest silent first).

    `state` is proposed, claimed, mine, silent or closed; `unit` an agency or a unit; `since` a day. `next` goes on
    behind the page, given as `after`; counts are those of the filters in every state.
    """
    listing = await doors.reader.cases(actor.unit, wanted.strict().asked, wanted.after)
    return {
        "cases": [
            {**sheet.row(), "last_change": listing.touched[sheet.case_id].isoformat()} for sheet in listing.cases
        ],
        "counts": {tab.value: listing.overview.tabs[tab] for tab in Tab if tab is not Tab.ALL},
        "silent_days": SILENT_DAYS,
        "next": text_of(listing.next) or None,
    }
