"""The HTTP door for signals: an agency's system that speaks HTTP instead of Kafka gets the same handler at once."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel

from bus.commands import Answer
from bus.uow import UnitOfWork
from schemas.commands.signal import SignalSubmit
from services.intake.api.doors import CurrentDoors, command, perform, read
from services.intake.handlers.signals import number
from services.runtime.actors import CurrentActor
from services.runtime.idempotency import IdempotencyKey
from services.runtime.limits import Limiter, per_actor


class SignalTaken(BaseModel):
    """The signal's number on the bus."""

    signal_id: UUID


def router(submitting: Limiter) -> APIRouter:
    """The door for signals; `submitting` counts each unit's system."""
    found = APIRouter(tags=["signals"])

    @found.post("/signals", dependencies=[Depends(per_actor(submitting))])
    async def submit(
        body: Annotated[dict[str, Any], Body()], actor: CurrentActor, key: IdempotencyKey, parts: CurrentDoors
    ) -> SignalTaken:
        order = command(read(SignalSubmit, body), key.key, actor, parts)

        async def act(uow: UnitOfWork) -> Answer:
            return await number(order, actor, uow, parts.office)

        answer = await perform(order, actor.unit, key.body_hash, act, parts, on_feed=True)
        return SignalTaken(signal_id=UUID(answer.result["signal_id"]))

    return found
