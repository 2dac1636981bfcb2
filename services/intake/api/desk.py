"""The desk: what lies on it, where a tip would go, and the five decisions about it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel

from bus.uow import UnitOfWork
from schemas.commands.tip import TipAdvise, TipCommand, TipForward, TipHold, TipLink, TipRefuse
from schemas.route import Route
from services.intake.api.doors import CurrentDoors, Doors, command, perform, read
from services.intake.api.rows import TipPage, TipRow
from services.intake.handlers.access import Part, may_open
from services.intake.handlers.acts import act_of
from services.intake.handlers.forward import chosen_route
from services.intake.handlers.own import allow, own_tip, visible_tip
from services.intake.model import TipState
from services.intake.repository import tips
from services.policy import Actor, Resource
from services.runtime.actors import CurrentActor
from services.runtime.idempotency import IdempotencyKey
from services.runtime.limits import Limiter, per_actor

MAX_PAGE = 200


class Verb(StrEnum):
    """The last part of the address of a decision."""

    REFUSE = "refuse"
    ADVISE = "advise"
    LINK = "link"
    FORWARD = "forward"
    HOLD = "hold"


COMMANDS: Mapping[Verb, type[TipCommand]] = MappingProxyType(
    {
        Verb.REFUSE: TipRefuse,
        Verb.ADVISE: TipAdvise,
        Verb.LINK: TipLink,
        Verb.FORWARD: TipForward,
        Verb.HOLD: TipHold,
    }
)


class Done(BaseModel):
    """The answer to a command that was carried out."""

    accepted: bool
    about: UUID | None
    result: dict[str, str]


class Access(BaseModel):
    """Whether the actor may open a part of what the vault keeps, and why not."""

    allowed: bool
    code: str
    vi: str
    en: str


def router(deciding: Limiter) -> APIRouter:
    """The doors of the desk; `deciding` counts each actor's decisions."""
    found = APIRouter(prefix="/desk/tips", tags=["desk"])
    _reading(found)
    limited = [Depends(per_actor(deciding))]

    @found.post("/{tip_id}/{verb}", dependencies=limited)
    async def decide(
        tip_id: UUID,
        verb: Verb,
        body: Annotated[dict[str, Any], Body()],
        actor: CurrentActor,
        key: IdempotencyKey,
        parts: CurrentDoors,
    ) -> Done:
        order = command(read(COMMANDS[verb], body, tip_id=tip_id), key.key, actor, parts)
        act = act_of(order, actor, parts.office)
        holding = verb is Verb.HOLD

        async def still(uow: UnitOfWork) -> None:
            # The answer to a hold names nothing, and whoever sent it must learn that it was done.
            if not holding:
                await own_tip(tip_id, actor, order.data.KIND, uow)

        # An answer on the feed would tell the whole desk that a tip was held; the operator has it here.
        answer = await perform(order, actor.unit, key.body_hash, act, parts, on_feed=not holding, still=still)
        return Done(accepted=answer.accepted, about=answer.about, result=answer.result)

    return found


def _reading(found: APIRouter) -> None:
    @found.get("")
    async def lying(
        actor: CurrentActor,
        parts: CurrentDoors,
        state: TipState | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> TipPage:
        allow(actor, "tip.read", Resource(holder=actor.unit))
        async with parts.database.autocommit() as raw:
            pile = await tips.tips_at_desk(raw, actor.unit, state, after, limit)
        return TipPage.of(pile, limit, parts.units.context.clock())

    @found.get("/{tip_id}")
    async def one(tip_id: UUID, actor: CurrentActor, parts: CurrentDoors) -> TipRow:
        async with parts.database.autocommit() as raw:
            tip = await visible_tip(tip_id, actor, raw)
        return TipRow.of(tip, parts.units.context.clock())

    @found.get("/{tip_id}/route")
    async def proposed(tip_id: UUID, actor: CurrentActor, parts: CurrentDoors) -> Route:
        async with parts.database.autocommit() as raw:
            tip = await visible_tip(tip_id, actor, raw)
        return chosen_route(tip, tip.facts, None, parts.office)

    @found.get("/{tip_id}/access")
    async def access(tip_id: UUID, part: Part, actor: CurrentActor, parts: CurrentDoors) -> Access:
        return await _access(tip_id, part, actor, parts)


async def _access(tip_id: UUID, part: Part, actor: Actor, parts: Doors) -> Access:
    async with parts.database.autocommit() as raw:
        decision = await may_open(tip_id, part, actor, raw, today=parts.today(), office=parts.office)
    return Access(allowed=decision.allowed, code=decision.code, vi=decision.vi, en=decision.en)
