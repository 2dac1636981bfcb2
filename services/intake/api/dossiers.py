"""The doors of the law on personal data: what is held of a tip or signal, and its end. For privacy officers."""

from uuid import UUID

from fastapi import APIRouter

from schemas.events.dossier import Ground
from services.dossiers import EraseBody, Erasure, Held
from services.intake.api.doors import CurrentDoors
from services.intake.handlers import dossiers
from services.runtime.actors import CurrentActor


def router() -> APIRouter:
    """Both doors. Erasing needs no Idempotency-Key: done again it changes nothing."""
    found = APIRouter(prefix="/dossiers", tags=["privacy"])

    @found.get("/{dossier}")
    async def held(dossier: UUID, actor: CurrentActor, parts: CurrentDoors) -> Held:
        async with parts.units.begin() as uow:
            return await dossiers.held(dossier, actor, uow)

    @found.post("/{dossier}/erase")
    async def erase(dossier: UUID, body: EraseBody, actor: CurrentActor, parts: CurrentDoors) -> Held:
        order = Erasure(dossier, Ground.REQUEST, body.basis, actor.person)
        async with parts.units.begin() as uow:
            return await dossiers.erase(order, actor, uow)

    return found
