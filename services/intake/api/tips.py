"""How tips come in, from the public form and from an operator who writes for a caller, and how they are followed."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from bus.commands import Answer
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.events.tip import Channel
from services import routing
from services.intake import problems
from services.intake.api.doors import CurrentDoors, Doors, command, perform
from services.intake.forms import DeskForm, PublicForm, TipEnter
from services.intake.handlers.enter import enter
from services.intake.handlers.own import allow
from services.intake.handlers.status import StatusAnswer, status_by_receipt
from services.intake.receipt import Receipt
from services.policy import Actor, Resource
from services.runtime.actors import CurrentActor, CurrentClaims
from services.runtime.idempotency import IdempotencyKey, Idempotent
from services.runtime.limits import Limiter, per_actor

PUBLIC = "public"
STATUS_URL = "/tips/status"


class PublicAnswer(BaseModel):
    """Shown once. Nothing else leads from an informant to a tip."""

    receipt: str
    status_url: str


class DeskAnswer(BaseModel):
    """What the operator reads out and writes down. A held tip has left the desk: its id leads nowhere there."""

    receipt: str
    tip_id: str
    tip_no: str
    held: bool
    place: dict[str, str] = {}
    """What the address was understood as; `conflict` if a code stated says another place."""


class StatusQuestion(BaseModel):
    """The receipt as the informant typed it."""

    receipt: Annotated[str, Field(min_length=1, max_length=60)]


def router(submitting: Limiter, asking: Limiter) -> APIRouter:
    """The doors for tips; the limiters count each actor, the public's process being one."""
    found = APIRouter(tags=["tips"])

    @found.post("/tips", status_code=202, dependencies=[Depends(per_actor(submitting))])
    async def submit(form: PublicForm, actor: CurrentActor, key: IdempotencyKey, parts: CurrentDoors) -> PublicAnswer:
        allow(actor, "tip.submit_public", Resource())
        if not parts.office.web_decision:
            raise Refused(problems.WEB_CLOSED)
        told = DeskForm(**{**form.model_dump(), "channel": Channel.WEB})
        placed = routing.placed(form.facts, parts.today(), parts.office.places).facts.place
        province = placed.province if placed else None
        desk = parts.office.book.desk_for(province, parts.today()).code
        receipt, _ = await _enter(TipEnter(form=told, desk=desk), (actor, PUBLIC), key, parts)
        return PublicAnswer(receipt=str(receipt), status_url=STATUS_URL)

    @found.post(STATUS_URL, dependencies=[Depends(per_actor(asking))])
    async def status(question: StatusQuestion, actor: CurrentActor, parts: CurrentDoors) -> StatusAnswer:
        allow(actor, "tip.status", Resource())
        async with parts.database.autocommit() as raw:
            return await status_by_receipt(question.receipt, raw)

    @found.post("/desk/tips", status_code=202, dependencies=[Depends(per_actor(submitting))])
    async def take_down(form: DeskForm, claims: CurrentClaims, key: IdempotencyKey, parts: CurrentDoors) -> DeskAnswer:
        actor = claims.actor()
        allow(actor, "tip.enter", Resource(desks=desks(parts)))
        if form.channel is Channel.WEB:
            raise Refused(problems.DESK_CHANNEL, "/channel")
        entry = TipEnter(form=form, desk=actor.unit, receiver=claims.name or actor.person)
        receipt, answer = await _enter(entry, (actor, "http"), key, parts)
        held = answer.result["held"] == "true"
        place = {key: value for key, value in answer.result.items() if key.startswith("place")}
        tip_no = answer.result["tip_no"]
        return DeskAnswer(receipt=str(receipt), tip_id=str(answer.about), tip_no=tip_no, held=held, place=place)

    return found


def desks(parts: Doors) -> frozenset[str]:
    """The units that take in tips today."""
    return frozenset(unit.code for unit in parts.office.book.desks_at(parts.today()))


async def _enter(entry: TipEnter, sender: tuple[Actor, str], key: Idempotent, parts: Doors) -> tuple[Receipt, Answer]:
    """Once for each nonce, or key where the form has none; a repeat gets the same receipt, derived anew."""
    actor, door = sender
    order = command(entry, entry.form.nonce or key.key, actor, parts, door)
    receipt = Receipt.derive(parts.office.pepper, order.envelope.source, order.envelope.id)

    async def act(uow: UnitOfWork) -> Answer:
        return await enter(entry, receipt.hash, uow, parts.office)

    return receipt, await perform(order, actor.unit, key.body_hash, act, parts, on_feed=False)
