"""The door for lists of reported sites.

A list is known by its file and a chunk by the line that it follows, so both may be sent again without a key.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from bus.errors import Refused
from schemas.facts import UnitCode
from schemas.reported.chunks import CHUNK_BYTES, Chunk, Listed
from services.intake import problems
from services.intake.api.doors import CurrentDoors, Doors
from services.intake.api.tips import desks
from services.intake.handlers.own import allow, visible_tip
from services.intake.handlers.reports import Hand, begin, take
from services.intake.reported import told
from services.intake.repository import reports
from services.intake.repository.reports import ImportedList
from services.policy import Actor, Resource
from services.runtime.actors import CurrentActor, CurrentClaims
from services.runtime.limits import Limiter, per_actor

MAX_PAGE = 200


class ListState(BaseModel):
    """How far a list is. `begun` says whether the call that is answered began it; later ones find it as it is."""

    list_id: UUID
    desk: UnitCode
    file_name: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    expected: int
    last_line: int
    read: int
    taken: int
    linked: int
    refused: int
    begun: bool = False

    @classmethod
    def of(cls, found: ImportedList, *, begun: bool = False) -> Self:
        """The state as its desk sees it."""
        members = {name: getattr(found, name) for name in ImportedList.__slots__ if name != "id"}
        return cls(list_id=found.id, begun=begun, **members)


class ListPage(BaseModel):
    """Lists, the newest first; `next` is the `before` of the next page."""

    lists: list[ListState]
    next: UUID | None


class RefusedLine(BaseModel):
    """A line that is no report, and why."""

    line: int
    reason: str
    vi: str
    en: str


class RefusedPage(BaseModel):
    """Refused lines in the order of the file; `next` is the `after` of the next page."""

    refused: list[RefusedLine]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[tuple[int, str]], limit: int) -> Self:
        """The page of these lines."""
        rows = [RefusedLine(line=line, reason=reason, vi=told(reason)[0], en=told(reason)[1]) for line, reason in found]
        return cls(refused=rows, next=rows[-1].line if len(rows) == limit else None)


class Noted(BaseModel):
    """Where the site of a tip was reported again."""

    file_name: str
    line: int
    imported_at: datetime


def router(sending: Limiter) -> APIRouter:
    """The door for lists; `sending` counts each actor's chunks."""
    found = APIRouter(tags=["desk"])
    _reading(found)
    limited = [Depends(per_actor(sending))]

    @found.post("/desk/lists", dependencies=limited)
    async def start(listed: Listed, actor: CurrentActor, parts: CurrentDoors) -> ListState:
        _may_import(actor, parts)
        async with parts.units.begin() as uow:
            current, begun = await begin(listed, actor, uow)
        return ListState.of(current, begun=begun)

    @found.post("/desk/lists/{list_id}/rows", dependencies=limited, max_body_size=CHUNK_BYTES)
    async def send(list_id: UUID, chunk: Chunk, claims: CurrentClaims, parts: CurrentDoors) -> ListState:
        actor = claims.actor()
        _may_import(actor, parts)
        async with parts.units.begin() as uow:
            hand = Hand(actor.unit, claims.name or actor.person)
            return ListState.of(await take(list_id, chunk, hand, uow, parts.office))

    return found


def _reading(found: APIRouter) -> None:
    @found.get("/desk/lists")
    async def lists(
        actor: CurrentActor,
        parts: CurrentDoors,
        before: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> ListPage:
        _may_import(actor, parts)
        async with parts.database.autocommit() as raw:
            rows = await reports.lists_at_desk(raw, actor.unit, before, limit)
        return ListPage(lists=[ListState.of(row) for row in rows], next=rows[-1].id if len(rows) == limit else None)

    @found.get("/desk/lists/{list_id}")
    async def one(list_id: UUID, actor: CurrentActor, parts: CurrentDoors) -> ListState:
        return ListState.of(await _own(list_id, actor, parts))

    @found.get("/desk/lists/{list_id}/refused")
    async def refused(
        list_id: UUID,
        actor: CurrentActor,
        parts: CurrentDoors,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    ) -> RefusedPage:
        await _own(list_id, actor, parts)
        async with parts.database.autocommit() as raw:
            return RefusedPage.of(await reports.refusals(raw, list_id, after, limit), limit)

    @found.get("/desk/tips/{tip_id}/reports")
    async def again(tip_id: UUID, actor: CurrentActor, parts: CurrentDoors) -> list[Noted]:
        async with parts.database.autocommit() as raw:
            await visible_tip(tip_id, actor, raw)
            rows = await reports.notes_of(raw, tip_id, MAX_PAGE)
        return [Noted(file_name=name, line=line, imported_at=at) for name, line, at in rows]


async def _own(list_id: UUID, actor: Actor, parts: Doors) -> ImportedList:
    _may_import(actor, parts)
    async with parts.database.autocommit() as raw:
        current = await reports.find_list(raw, list_id, actor.unit)
    if current is None:
        raise Refused(problems.LIST_UNKNOWN)
    return current


def _may_import(actor: Actor, parts: Doors) -> None:
    allow(actor, "tip.enter", Resource(desks=desks(parts)))
