"""What a service keeps parked, for its administrators: where, why and since when, and never the values.

Every service that consumes mounts `router(kept)`; the answers are the same everywhere.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from bus.errors import Refused
from bus.parked import parked_counts, parked_record, parked_records
from bus.parked_acts import parked_acts
from schemas.problems import FORBIDDEN, NOT_FOUND
from services import policy
from services.policy import Resource
from services.runtime import parked_acting
from services.runtime.actors import CurrentActor
from services.runtime.kept import Kept
from services.runtime.parked_rows import ActRow, ParkedRow, id_of, place_of

MAX_PAGE = 500


class ParkedDetail(ParkedRow):
    """The row with the names of its headers and the size of its sealed payload."""

    headers: list[str]
    payload_bytes: int


class ParkedPage(BaseModel):
    """Parked records in order of group, topic and place; `next` is the `after` of the next page."""

    parked: list[ParkedRow]
    counts: dict[str, int]
    """How many are parked in all, by reason."""
    next: str | None


class ActPage(BaseModel):
    """Acts on parked events, the latest first; `next` is the `before` of the next page."""

    acts: list[ActRow]
    next: int | None


async def _administrator(actor: CurrentActor) -> None:
    decision = policy.decide(actor, "directory.admin", Resource())
    if not decision.allowed:
        raise Refused(FORBIDDEN.problem(decision.vi, decision.en))


_LOOKING = (Depends(_administrator),)


def router(kept: Kept) -> APIRouter:
    """The doors over the parked events of this service: what they are, what was done to them, and doing it."""
    found = APIRouter(prefix="/parked", tags=["parked"])
    _listing(found, kept)
    _showing(found, kept)
    parked_acting.add_doors(found, kept)
    return found


def _listing(found: APIRouter, kept: Kept) -> None:
    @found.get("", dependencies=_LOOKING)
    async def page(
        reason: Annotated[str | None, Query(pattern=r"^[a-z-]{1,40}$")] = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    ) -> ParkedPage:
        async with kept.database.autocommit() as raw:
            rows = await parked_records(raw, reason=reason, after=place_of(after) if after else None, limit=limit)
            counts = await parked_counts(raw)
        more = id_of(rows[-1].at) if len(rows) == limit else None
        return ParkedPage(parked=[ParkedRow.of(row) for row in rows], counts=counts, next=more)

    @found.get("/log", dependencies=_LOOKING)
    async def acts(
        before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    ) -> ActPage:
        async with kept.database.autocommit() as raw:
            rows = await parked_acts(raw, before=before, limit=limit)
        return ActPage(acts=[ActRow.of(row) for row in rows], next=rows[-1].id if len(rows) == limit else None)


def _showing(found: APIRouter, kept: Kept) -> None:
    @found.get("/{parked_id}", dependencies=_LOOKING)
    async def one(parked_id: str) -> ParkedDetail:
        place = place_of(parked_id)
        async with kept.database.autocommit() as raw:
            row = await parked_record(raw, place)
        if row is None:
            raise Refused(NOT_FOUND.problem())
        names = [name for name, _ in row.record.headers]
        size = len(row.record.value)
        return ParkedDetail(**ParkedRow.of(row).model_dump(), headers=names, payload_bytes=size)
