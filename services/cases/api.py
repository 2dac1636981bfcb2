"""The doors of cases: claim and close, answered at once and once only."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from bus.commands import CommandDesk
from bus.errors import Refused
from bus.uow import UnitsOfWork
from schemas.commands.case import CaseClaim, CaseClose
from schemas.envelope import Envelope, Event
from schemas.events.case import Amounts
from schemas.events.dossier import Ground
from schemas.facts import Code, LongText, ShortText
from schemas.route import Document
from services.cases.handlers import erasing
from services.cases.handlers.commands import Commands, Officer, Order
from services.dossiers import EraseBody, Erasure, Held
from services.runtime.actors import CurrentActor, CurrentClaims
from services.runtime.claims import Claims
from services.runtime.idempotency import IdempotencyKey, Idempotent
from services.runtime.limits import Limiter, per_actor


class ClaimBody(BaseModel):
    """`officer` is listened to from an agency's system alone: a person is recorded under the name of their token."""

    model_config = ConfigDict(extra="forbid")

    officer: ShortText | None = None


class CloseBody(BaseModel):
    """The outcome, a code of the sheet outcomes in force, with the paper that carries it."""

    model_config = ConfigDict(extra="forbid")

    outcome: Code
    officer: ShortText | None = None
    document: Document | None = None
    amounts: Amounts | None = None
    note: LongText | None = None


class Done(BaseModel):
    """The answer to a command that was carried out; a retry under the same Idempotency-Key reads the same."""

    accepted: bool
    about: UUID | None
    result: dict[str, str]


@dataclass(frozen=True, slots=True)
class Doors:
    """Made by the composition root and kept on `app.state.doors`."""

    units: UnitsOfWork
    desk: CommandDesk
    commands: Commands

    async def perform(self, data: CaseClaim | CaseClose, claims: Claims, key: Idempotent) -> Done:
        """Carry the command out in a transaction of its own.

        A refusal is raised once that is committed, so that what a lost claim said is kept.
        """
        officer = Officer.of(claims.actor(), claims.name or claims.sub, data.officer)
        command = self._command(data, officer, key.key)
        async with self.units.begin() as uow:
            act = self.commands.act(command, officer)
            still = self.commands.still(command, officer)
            answer = await self.desk.perform(command, officer.unit, key.body_hash, act, uow, still=still)
        if answer.problem is not None:
            raise Refused(answer.problem, answer.field)
        return Done(accepted=answer.accepted, about=answer.about, result=answer.result)

    def _command(self, data: CaseClaim | CaseClose, officer: Officer, key: str) -> Order:
        envelope = Envelope(
            id=key,
            source=f"/units/{officer.unit}/http",
            type=data.type_name(),
            time=self.units.context.clock(),
            subject=data.addressed(),
        )
        return Event(envelope, data, actor=officer.actor.told())


def doors(request: Request) -> Doors:
    """The parts that the composition root put there."""
    found: Doors = request.app.state.doors
    return found


CurrentDoors = Annotated[Doors, Depends(doors)]


def privacy() -> APIRouter:
    """The doors of the law on personal data, for privacy officers. Erasing needs no key: again it does nothing."""
    found = APIRouter(prefix="/dossiers", tags=["privacy"])

    @found.get("/{dossier}")
    async def held(dossier: UUID, actor: CurrentActor, parts: CurrentDoors) -> Held:
        async with parts.units.begin() as uow:
            return await erasing.held(dossier, actor, uow)

    @found.post("/{dossier}/erase")
    async def erase(dossier: UUID, body: EraseBody, actor: CurrentActor, parts: CurrentDoors) -> Held:
        order = Erasure(dossier, Ground.REQUEST, body.basis, actor.person)
        async with parts.units.begin() as uow:
            return await erasing.erase(order, actor, uow)

    return found


def router(deciding: Limiter) -> APIRouter:
    """The doors; `deciding` counts each actor's commands."""
    found = APIRouter(prefix="/cases", tags=["cases"], dependencies=[Depends(per_actor(deciding))])

    @found.post("/{case_id}/claim")
    async def claim(
        case_id: UUID, claims: CurrentClaims, key: IdempotencyKey, parts: CurrentDoors, body: ClaimBody | None = None
    ) -> Done:
        """Take the lead of a case for one's unit."""
        officer = body.officer if body else None
        return await parts.perform(CaseClaim(case_id=case_id, officer=officer), claims, key)

    @found.post("/{case_id}/close")
    async def close(
        case_id: UUID, body: CloseBody, claims: CurrentClaims, key: IdempotencyKey, parts: CurrentDoors
    ) -> Done:
        """End a case that one's unit leads."""
        return await parts.perform(CaseClose(case_id=case_id, **dict(body)), claims, key)

    return found
