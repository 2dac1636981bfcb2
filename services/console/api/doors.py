"""What the doors of console need from the composition root, and the few things that every page does."""

import secrets
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response

from bus.errors import Refused
from schemas.problems import FORBIDDEN
from schemas.views import View
from services.console.api.scope import scope
from services.console.claiming import Claiming
from services.console.handlers.hub import Hub
from services.console.handlers.reading import Reader
from services.console.handlers.searching import Searcher
from services.console.look.pages import Pages
from services.console.sessions import Sessions, Visitor
from services.policy import Actor, Decision, Resource, decide
from services.runtime.actors import CurrentActor
from services.runtime.language import Language, language

SESSION, LANGUAGE, DOOR = "phoihop_session", "phoihop_language", "phoihop_door"
"""Cookies: directory's session, the language chosen, and what the sign-in form is tied to before there is a session."""
CASES, LISTS = "/cases", "/lists"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything that routes use."""

    reader: Reader
    searcher: Searcher
    pages: Pages
    sessions: Sessions
    claiming: Claiming
    hub: Hub


def doors_of(request: Request) -> Doors:
    """The doors of this app."""
    found: Doors = request.app.state.doors
    return found


async def signed_in(request: Request) -> Visitor:
    """Who is signed in, whatever they may do. Raises `SignedOut`, or `Refused` (503) where directory is silent."""
    visitor = await doors_of(request).sessions.visitor(request.cookies.get(SESSION, ""))
    # A page that refuses still says who is signed in, and lets them sign out.
    request.state.visitor = visitor
    return visitor


async def visitor_of(request: Request) -> Visitor:
    """Who is signed in and may read cases. Raises `SignedOut`, or `Refused` (403; 503 where directory is silent)."""
    visitor = await signed_in(request)
    may_read(visitor.actor)
    return visitor


async def reader_of(actor: CurrentActor) -> Actor:
    """The actor of a token who may read cases. Raises `Refused` (401, 403)."""
    may_read(actor)
    return actor


def may_read(actor: Actor) -> None:
    """Whether the actor's roles let them read what their unit may see; what that is, each event's audience says."""
    decision = _reading(actor)
    if not decision.allowed:
        raise Refused(FORBIDDEN.problem(decision.vi, decision.en))


def first_page(actor: Actor) -> str:
    """Where somebody begins: at the cases, or at the lists where an operator may read no case."""
    return LISTS if "operator" in actor.roles and not _reading(actor).allowed else CASES


def _reading(actor: Actor) -> Decision:
    return decide(actor, "case.read", Resource(view=View.POINTER))


TheDoors = Annotated[Doors, Depends(doors_of)]
SignedIn = Annotated[Visitor, Depends(signed_in)]
TheVisitor = Annotated[Visitor, Depends(visitor_of)]
TheReader = Annotated[Actor, Depends(reader_of)]


def language_of(request: Request) -> Language:
    """The language asked for in the address, chosen before, or preferred by the browser; Vietnamese otherwise."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    if asked in {"vi", "en"}:
        return "en" if asked == "en" else "vi"
    return language(request.headers.get("accept-language"))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the visitor's language. What every page needs is added here; a language that was asked for is kept."""
    shown = language_of(request)
    visitor: Visitor | None = values.get("visitor") or getattr(request.state, "visitor", None)
    first = first_page(visitor.actor) if visitor else CASES
    searches = visitor is not None and bool(scope(visitor.actor, doors_of(request).pages))
    given: dict[str, Any] = {"section": "", "first": first, "fault": None, "sought": "", "searches": searches}
    given |= {**values, "visitor": visitor}
    text = doors_of(request).pages.render(
        template,
        shown,
        path=_path(request),
        other_language=_other(request, shown),
        **given | values | {"visitor": visitor},
    )
    response = HTMLResponse(text, status, dict(HEADERS))
    if "lang" in request.query_params:
        keep(response, request, LANGUAGE, shown, seconds=_YEAR)
    return response


def keep(response: Response, request: Request, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie that no script reads and no other site sends."""
    # A proxy that ends TLS says so; a visitor who says it without one only hides the cookie from themselves.
    secure = "https" in {request.url.scheme, request.headers.get("x-forwarded-proto")}
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)


def fresh_secret() -> str:
    """A value that nobody guesses, for the sign-in form of one browser."""
    return secrets.token_urlsafe(24)


def _path(request: Request) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def _other(request: Request, shown: Language) -> str:
    path = _path(request)
    return f"{path}{'&' if '?' in path else '?'}lang={'vi' if shown == 'en' else 'en'}"
