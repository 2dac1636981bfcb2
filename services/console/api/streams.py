"""Live pages: what is new since a change number, cut to the viewer, resumed where a connection broke."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bus.errors import Refused
from services.console.api.doors import SESSION, Doors, TheDoors, TheVisitor, language_of
from services.console.api.showing import Framed, TheAsked, read, shown
from services.console.handlers.reading import News
from services.console.look.days import place_of
from services.console.look.frame import Asked
from services.console.look.words import local
from services.console.sessions import Visitor

router = APIRouter(include_in_schema=False)
LastId = Annotated[str, Header(alias="last-event-id")]
LOOK_SECONDS = 1.0
"""How long a stream waits for the bell before it looks all the same: another process may have written."""


@router.get("/cases/stream", response_class=EventSourceResponse)
async def of_list(
    request: Request, doors: TheDoors, visitor: TheVisitor, since: int = 0, last_event_id: LastId = ""
) -> AsyncIterator[ServerSentEvent]:
    """How many cases show something that came after the page was made."""
    told = 0
    start = _number(last_event_id, since)
    async for _ in _turns(request, doors):
        found = await doors.reader.touched(visitor.unit, start)
        if found != told:
            told = found
            yield ServerSentEvent(event="news", data={"n": found}, id=str(start))


@router.get("/cases/{case_id}/stream", response_class=EventSourceResponse)
async def of_case(
    request: Request,
    case_id: UUID,
    doors: TheDoors,
    visitor: TheVisitor,
    asked: TheAsked,
    since: int = 0,
    last_event_id: LastId = "",
) -> AsyncIterator[ServerSentEvent]:
    """New entries of the page's frame, with its head, side and drawing; `lost` where something was withdrawn."""
    at = _number(last_event_id, since)
    async for _ in _turns(request, doors):
        news = await doors.reader.news(visitor.unit, case_id, at)
        at = news.change
        if news.lost:
            yield ServerSentEvent(event="lost", data={}, id=str(at))
            return
        if news.entries:
            found = await _read(doors, visitor, case_id, asked)
            told = _told(request, doors, visitor, found, news) if found else {"entries": [], "count": 0}
            yield ServerSentEvent(event="entries", data=told, id=str(at))


async def _turns(request: Request, doors: Doors) -> AsyncIterator[None]:
    """One turn at once, then one for each commit or second, while the session lasts and the process is not stopping."""
    stopping: asyncio.Event = request.app.state.health.stopping
    with doors.hub.listening() as bell:
        while not stopping.is_set():
            bell.clear()
            try:
                await doors.sessions.visitor(request.cookies.get(SESSION, ""))
            except Refused:
                # The page keeps what it shows; its next request says to sign in, or that directory is away.
                return
            yield
            await _either(bell, stopping)


async def _either(bell: asyncio.Event, stopping: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(bell.wait()), asyncio.ensure_future(stopping.wait())]
    try:
        await asyncio.wait(waits, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _read(doors: Doors, visitor: Visitor, case_id: UUID, asked: Asked) -> Framed | None:
    """The case, or None where it was withdrawn since the news: the next turn says so."""
    with suppress(Refused):
        return await read(doors, visitor, str(case_id), asked)
    return None


def _told(request: Request, doors: Doors, visitor: Visitor, found: Framed, news: News) -> dict[str, Any]:
    language, pages = language_of(request), doors.pages
    values = {"visitor": visitor, **shown(request, doors, visitor, found)}
    listed = set(found.frame.listed)
    return {
        "entries": [
            {
                "html": pages.fragment("entry.html", language, one=one),
                "place": place_of(one),
                "day": local(one.acttime)[:10],
                "heading": pages.words(language).day(one.acttime),
            }
            for one in news.entries
            if one.id in listed
        ],
        "count": values["total"],
        "drawing": values["drawing"],
        **{part: pages.fragment(f"{part}.html", language, **values) for part in ("head", "side", "pager")},
    }


def _number(last: str, since: int) -> int:
    return int(last) if last.isdecimal() else since
