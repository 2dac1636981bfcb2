"""The doors of the law on personal data: what is held of a tip or signal, and its end. For privacy officers."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from schemas.events.dossier import DossierKind, Ground
from services.dossiers import EraseBody, Erasure, Held
from services.intake.api.doors import CurrentDoors
from services.intake.handlers import dossiers, retention
from services.intake.handlers.own import allow
from services.policy import Resource
from services.runtime.actors import CurrentActor


class DueRow(BaseModel):
    """A dossier of the own unit whose time is over, and by which row of the sheet."""

    dossier: UUID
    kind: DossierKind
    outcome: str
    number: str
    ended_at: datetime
    basis: str

    @classmethod
    def of(cls, over: retention.Over) -> Self:
        """The row."""
        found, row = over
        return cls(
            dossier=found.id,
            kind=row.kind,
            outcome=row.outcome,
            number=found.number,
            ended_at=found.ended_at,
            basis=row.basis,
        )


class DuePage(BaseModel):
    """What the erasing by time would take today, at most a hundred a row of the sheet."""

    today: date
    due: list[DueRow]


def router() -> APIRouter:
    """The doors. Erasing needs no Idempotency-Key: done again it changes nothing."""
    found = APIRouter(prefix="/dossiers", tags=["privacy"])

    @found.get("/due")
    async def due(actor: CurrentActor, parts: CurrentDoors) -> DuePage:
        allow(actor, "privacy.export", Resource(holder=actor.unit))
        async with parts.database.autocommit() as raw:
            found = await retention.due(raw, parts.office.book, parts.units.context.clock(), keeper=actor.unit)
        return DuePage(today=parts.today(), due=[DueRow.of(one) for one in found])

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
