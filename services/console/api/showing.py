"""One case as its page and its stream show it: the part that was asked for, drawn and listed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, Query, Request

from bus.errors import Refused
from schemas.problems import NOT_FOUND
from services.console.api.doors import Doors, language_of
from services.console.handlers.reading import CaseRead
from services.console.look.drawing import drawn
from services.console.look.frame import Asked, Frame, framed, matters
from services.console.model.seen import Seen
from services.console.model.standing import claim_act, positions
from services.console.sessions import Visitor


@dataclass(frozen=True, slots=True)
class Framed:
    """A case with the frame in which it is shown; entries within the frame are cut and opened, others are sketches."""

    read: CaseRead
    frame: Frame

    @property
    def listed(self) -> list[Seen]:
        """The entries in words."""
        ids = set(self.frame.listed)
        return [one for one in self.read.entries if one.id in ids]


def asked_of(view: str = "", begin: Annotated[str, Query(alias="from")] = "", before: str = "") -> Asked:
    """What an address asks for: `view` (week, month, all), `from` (a day) and `before` (a place in the list)."""
    return Asked.of(view, begin, before)


TheAsked = Annotated[Asked, Depends(asked_of)]


async def read(doors: Doors, visitor: Visitor, case_id: str, asked: Asked | None = None) -> Framed:
    """The case as the visitor's unit sees it; raises `Refused` (404)."""
    wanted, now = asked or Asked(), doors.pages.clock()

    def choose(seen: Sequence[Seen]) -> Collection[str]:
        return {*framed(seen, wanted, now).listed, *(one.id for one in matters(seen))}

    try:
        id_ = UUID(case_id)
    except ValueError:
        raise Refused(NOT_FOUND.problem()) from None
    found = await doors.reader.page(visitor.unit, id_, choose)
    if found is None:
        raise Refused(NOT_FOUND.problem())
    return Framed(found, framed(found.entries, wanted, now))


def shown(request: Request, doors: Doors, visitor: Visitor, found: Framed) -> dict[str, Any]:
    """What the templates of a case are given. The key makes one shown button one claim, however often it is pressed."""
    sheet, frame, entries = found.read.sheet, found.frame, found.read.entries
    words = doors.pages.words(language_of(request))
    return {
        "sheet": sheet,
        "frame": frame,
        "entries": found.listed,
        "total": len(entries),
        "matters": matters(entries),
        "drawing": drawn(entries, sheet, frame.window, doors.pages.clock(), words),
        "positions": positions(sheet),
        "act": claim_act(sheet, visitor.actor),
        "key": str(uuid4()),
        "stream": f"/cases/{sheet.case_id}/stream?since={found.read.change}&{frame.own}",
    }
