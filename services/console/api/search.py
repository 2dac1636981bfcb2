"""The search: the page of it, and its JSON twin. What is searched for is personal data and leaves no trace here."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from bus.errors import Refused
from schemas.problems import FORBIDDEN, MALFORMED, Problem
from services.console.api.doors import HEADERS, Doors, SignedIn, TheDoors, page
from services.console.api.places import place_in, text_of
from services.console.api.scope import scope
from services.console.handlers.searching import Asked
from services.console.model import query as words
from services.console.model.board import Place
from services.console.model.hits import Found
from services.console.model.query import QueryError
from services.console.model.standing import claim_act
from services.policy import Actor
from services.runtime.actors import CurrentActor

router = APIRouter()
MAY_NOT = FORBIDDEN.problem(
    "Tài khoản không có vai trò nào đọc được vụ việc hay tin báo; hãy đề nghị quản trị danh bạ của đơn vị.",
    "The account has no role that reads cases or tips; ask the unit's directory administrator.",
)
FAULTS: Mapping[str, Problem] = {
    "empty": MALFORMED.problem(
        "Ô tìm (q) đang trống. Hãy nhập số hồ sơ, số định danh hoặc vài từ.",
        "The search box (q) is empty. Enter a number, an identifier or a few words.",
    ),
    "long": MALFORMED.problem(
        f"Ô tìm (q) dài quá {words.MOST_CHARACTERS} ký tự. Hãy rút ngắn.",
        f"The search box (q) holds more than {words.MOST_CHARACTERS} characters. Shorten it.",
    ),
    "many": MALFORMED.problem(
        f"Ô tìm (q) có quá {words.MOST_WORDS} từ. Hãy bớt từ, giữ những từ riêng nhất.",
        f"The search box (q) holds more than {words.MOST_WORDS} words. Keep the most particular ones.",
    ),
    "nothing": MALFORMED.problem(
        "Ô tìm (q) không có chữ hay số nào. Hãy nhập số hồ sơ, số định danh hoặc vài từ.",
        "The search box (q) holds no letter or digit. Enter a number, an identifier or a few words.",
    ),
}
"""What is said of words that cannot be searched for, by why."""
_KEPT_SECRET = {name: HEADERS[name] for name in ("Cache-Control", "Referrer-Policy")}


def searcher_of(visitor: SignedIn, doors: TheDoors) -> frozenset[str]:
    """Among what the visitor may search. Raises `SignedOut` or `Refused`."""
    return _allowed(visitor.actor, doors)


def twin_scope_of(actor: CurrentActor, doors: TheDoors) -> frozenset[str]:
    """Among what the actor of a token may search. Raises `Refused` (401, 403)."""
    return _allowed(actor, doors)


def _after(after: Annotated[str, Query(max_length=200)] = "") -> Place | None:
    return place_in(after)


TheScope = Annotated[frozenset[str], Depends(searcher_of)]
TwinScope = Annotated[frozenset[str], Depends(twin_scope_of)]
After = Annotated[Place | None, Depends(_after)]


@router.get("/search", include_in_schema=False)
async def search(
    request: Request, doors: TheDoors, visitor: SignedIn, within: TheScope, after: After, q: str = ""
) -> Response:
    """What the visitor's unit finds; without words the form alone, with a word that cannot be searched for why not."""
    found, fault = Found(()), None
    try:
        if q.strip():
            found = await doors.searcher.find(Asked(visitor.unit, words.Query.of(q), within), after)
    except QueryError as error:
        fault = FAULTS[error.why]
    values: dict[str, Any] = {
        "found": found,
        "fault": {"vi": fault.vi, "en": fault.en} if fault else None,
        "sought": q.strip(),
        "searched": bool(q.strip()) and fault is None,
        "within": within,
        "acts": {sheet.case_id: claim_act(sheet, visitor.actor) for sheet in found.cases},
        "begin": f"/search?{urlencode({'q': q})}" if after else "",
        "next": f"/search?{urlencode({'q': q, 'after': text_of(found.next)})}" if found.next else "",
    }
    return page(
        request, "search.html", status=fault.status if fault else 200, visitor=visitor, section="search", **values
    )


@router.get("/api/search")
async def twin(
    response: Response, actor: CurrentActor, doors: TheDoors, within: TwinScope, after: After, q: str = ""
) -> dict[str, Any]:
    """Cases and tips that the actor's unit may see and finds by every word of `q`, the last changed first.

    `q` holds at most 200 characters and 8 words: numbers, identifiers as typed, sites, words with marks (found so
    written, or in texts without any) or without (found however written). `next` goes on behind the page, given as
    `after`; how much more there is, is not told.
    """
    try:
        asked = Asked(actor.unit, words.Query.of(q), within)
    except QueryError as error:
        raise Refused(FAULTS[error.why], "/q") from error
    response.headers.update(_KEPT_SECRET)
    found = await doors.searcher.find(asked, after)
    return {"hits": [hit.document() for hit in found.hits], "next": text_of(found.next) or None}


def _allowed(actor: Actor, doors: Doors) -> frozenset[str]:
    within = scope(actor, doors.pages)
    if not within:
        raise Refused(MAY_NOT)
    return within
