"""The desk's decisions in one mapping, for HTTP and for the inbound topic alike."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from bus.commands import Answer
from bus.uow import UnitOfWork
from schemas.commands.tip import TipAdvise, TipCommand, TipForward, TipHold, TipLink, TipRefuse
from schemas.envelope import Event
from services.intake.handlers.decide import advise, link, refuse
from services.intake.handlers.forward import forward
from services.intake.handlers.hold import hold
from services.intake.office import Office
from services.policy import Actor

Act = Callable[[UnitOfWork], Awaitable[Answer]]

ACTS: Mapping[type[TipCommand], Callable[[Event[Any], Actor, UnitOfWork, Office], Awaitable[Answer]]] = (
    MappingProxyType({TipRefuse: refuse, TipAdvise: advise, TipLink: link, TipForward: forward, TipHold: hold})
)


def act_of(command: Event[TipCommand], actor: Actor, office: Office) -> Act:
    """What `CommandDesk.perform` runs for this command."""
    decision = ACTS[type(command.data)]

    async def act(uow: UnitOfWork) -> Answer:
        return await decision(command, actor, uow, office)

    return act
