"""Who was shown a dossier and how far they have read past its end: for the privacy officer who answers for it."""

from uuid import UUID

from fastapi import APIRouter

from bus.errors import Refused
from schemas.problems import FORBIDDEN
from services import policy
from services.notifications.api.doors import CurrentDoors
from services.notifications.handlers.dossiers import ShownTo, shown_to
from services.policy import Resource
from services.runtime.actors import CurrentActor


def router() -> APIRouter:
    """The door."""
    found = APIRouter(prefix="/dossiers", tags=["privacy"])

    @found.get("/{dossier}/feeds")
    async def feeds(dossier: UUID, actor: CurrentActor, parts: CurrentDoors) -> ShownTo:
        decision = policy.decide(actor, "privacy.export", Resource(holder=actor.unit))
        if not decision.allowed:
            raise Refused(FORBIDDEN.problem(decision.vi, decision.en))
        async with parts.units.begin() as uow:
            return await shown_to(dossier, actor.unit, uow)

    return found
