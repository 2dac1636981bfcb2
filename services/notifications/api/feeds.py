"""The feed of a unit, pulled by number."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic_core import to_json

from services.notifications.api.doors import CurrentDoors
from services.notifications.handlers.pull import Page
from services.policy import Role
from services.runtime.actors import CurrentActor
from services.runtime.limits import Limiter, per_actor

MAX_PAGE = 500
MAX_WAIT = 25.0
"""Seconds; proxies give up on silence after 30."""
_LAST = 2**63 - 1


def router(reading: Limiter) -> APIRouter:
    """The door; `reading` counts each actor's requests."""
    found = APIRouter(prefix="/feeds", tags=["feeds"])

    @found.get("/{unit}/events", dependencies=[Depends(per_actor(reading))])
    async def events(
        unit: str,
        actor: CurrentActor,
        parts: CurrentDoors,
        request: Request,
        after: Annotated[int, Query(ge=0, le=_LAST)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        wait: Annotated[float, Query(ge=0, le=MAX_WAIT)] = 0,
    ) -> Response:
        """Events behind the number `after`, as structured CloudEvents; with `wait`, an empty answer takes so long."""
        parts.allow(actor, "feed.read", unit)
        if after and Role.SYSTEM in actor.roles:
            await parts.pull.acknowledge(unit, after)
        page = await parts.pull.page(unit, after, limit)
        if wait and not page.events:
            await parts.heads.beyond(unit, after, wait, request.app.state.health.stopping)
            page = await parts.pull.page(unit, after, limit)
        return Response(_body(page), media_type="application/json")

    return found


def _body(page: Page) -> bytes:
    return to_json({"events": [event.structured() for event in page.events], "next": page.next})
