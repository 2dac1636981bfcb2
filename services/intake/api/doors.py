"""What the doors share: their parts, and how a request becomes a command."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from bus.commands import Answer, CommandDesk, Still
from bus.database import Database
from bus.errors import Refused
from bus.uow import UnitsOfWork
from schemas.envelope import Envelope, Event
from schemas.messages import CommandData
from schemas.problems import ID_REUSED
from schemas.reference.validity import vietnam_date
from services.intake.handlers.acts import Act
from services.intake.office import Office
from services.policy import Actor
from services.runtime.idempotency import HEADER as IDEMPOTENCY_HEADER

C = TypeVar("C", bound=CommandData)

INSIDE = ("sealed", "personal", "erased", "signal_id")
"""Members of a command that only a door may set."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Made by the composition root and kept on `app.state.doors`."""

    units: UnitsOfWork
    database: Database
    commands: CommandDesk
    office: Office

    def today(self) -> date:
        """The day in Viet Nam."""
        return vietnam_date(self.units.context.clock())


def doors(request: Request) -> Doors:
    """The parts that the composition root put there."""
    found: Doors = request.app.state.doors
    return found


CurrentDoors = Annotated[Doors, Depends(doors)]


def command(data: C, key: str, actor: Actor, parts: Doors, door: str = "http") -> Event[C]:
    """The request as a command of this actor: its id is the Idempotency-Key, its source the unit and the door."""
    envelope = Envelope(
        id=key,
        source=f"/units/{actor.unit}/{door}",
        type=data.type_name(),
        time=parts.units.context.clock(),
        subject=data.addressed(),
    )
    return Event(envelope, data, actor=actor.told())


def read(kind: type[C], body: Mapping[str, Any], **known: Any) -> C:
    """The body as command data, with what the address already tells.

    Members that only a door may set are not listened to. Raises RequestValidationError naming each wrong field.
    """
    said = {name: value for name, value in body.items() if name not in INSIDE}
    try:
        return kind.model_validate({**said, **known})
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        raise RequestValidationError(faults) from error


async def perform(
    order: Event[Any],
    unit: str,
    body_hash: bytes,
    act: Act,
    parts: Doors,
    *,
    on_feed: bool,
    still: Still | None = None,
) -> Answer:
    """Carry out a command once, in a transaction of its own; raises Refused with the answer's problem.

    `still` is asked before an earlier answer is given again.
    """
    async with parts.units.begin() as uow:
        answer = await parts.commands.perform(order, unit, body_hash, act, uow, answer_on_feed=on_feed, still=still)
    if answer.problem is not None:
        reused = answer.problem.slug == ID_REUSED.slug
        raise Refused(answer.problem, IDEMPOTENCY_HEADER if reused else answer.field)
    return answer
