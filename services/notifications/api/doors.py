"""What the doors share: their parts, and the policy's answer as a problem."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from bus.errors import Refused
from bus.uow import UnitsOfWork
from schemas.problems import FORBIDDEN, NOT_FOUND
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from services import policy
from services.notifications.handlers.pull import Pull
from services.notifications.heads import Heads
from services.policy import Actor, Resource


@dataclass(frozen=True, slots=True)
class Doors:
    """Made by the composition root and kept on `app.state.doors`."""

    units: UnitsOfWork
    pull: Pull
    heads: Heads
    book: ReferenceBook

    def allow(self, actor: Actor, action: str, unit: str | None = None) -> None:
        """Return if the policy grants it, about the feed of that unit if one is named; else raise Refused."""
        trusted = self.book.integrity_units_at(vietnam_date(self.units.context.clock()))
        decision = policy.decide(actor, action, Resource(unit=unit, integrity_units=trusted))
        if not decision.allowed:
            problem = (
                NOT_FOUND.problem() if decision.code == "not_found" else FORBIDDEN.problem(decision.vi, decision.en)
            )
            raise Refused(problem)


def doors(request: Request) -> Doors:
    """The parts that the composition root put there."""
    found: Doors = request.app.state.doors
    return found


CurrentDoors = Annotated[Doors, Depends(doors)]
