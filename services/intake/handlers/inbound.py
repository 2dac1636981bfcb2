"""Commands that units sent through the gateway: decided by the same handlers as those that came by HTTP."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from bus.commands import Answer, CommandDesk
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.commands.signal import SignalSubmit
from schemas.commands.tip import TipCommand
from schemas.envelope import Event
from schemas.facts import UnitCode
from services.intake import problems
from services.intake.handlers.acts import act_of
from services.intake.handlers.signals import take
from services.intake.office import Office
from services.intake.repository.signals import SignalRow, add_signals
from services.policy import Actor

_DOORS_OWN = {"sealed", "personal", "erased", "signal_id"}


class VerifiedActor(BaseModel):
    """The header `actor`, which the gateway alone may write."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    person: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    unit: UnitCode
    roles: frozenset[str] = frozenset()

    def actor(self) -> Actor:
        """The actor that policy decides about."""
        return Actor(person=self.person, unit=self.unit, roles=self.roles)


class Inbound:
    """The handlers of intake's inbound topic."""

    def __init__(self, desk: CommandDesk, office: Office) -> None:
        self._desk = desk
        self._office = office

    async def signals(self, commands: Sequence[Event[SignalSubmit]], uow: UnitOfWork) -> None:
        """Take in many signals: their keys are opened by one call, and their rows written by one statement."""
        rows: list[SignalRow] = []
        for command in await uow.unseal(commands, "receive"):
            actor = actor_of(command)

            async def act(uow: UnitOfWork, command: Event[SignalSubmit] = command, actor: Actor = actor) -> Answer:
                dossier = command.data.signal_id
                if dossier in command.data.erased:
                    raise Refused(problems.SIGNAL_ERASED)
                details = None if dossier is None else command.data.personal.get(dossier)
                row, answer = take(command, details, actor, uow, self._office)
                rows.append(row)
                return answer

            await self._desk.perform(command, actor.unit, body_hash(command), act, uow)
        await add_signals(uow.raw, rows)

    async def decisions(self, commands: Sequence[Event[TipCommand]], uow: UnitOfWork) -> None:
        """Carry out what desks decided in their own systems, in order."""
        for command in commands:
            actor = actor_of(command)
            await self._desk.perform(command, actor.unit, body_hash(command), act_of(command, actor, self._office), uow)


def actor_of(command: Event[Any]) -> Actor:
    """Who sent the command, as the gateway verified it; raises pydantic's ValidationError, which parks the record."""
    return VerifiedActor.model_validate_json(command.actor or "{}").actor()


def body_hash(command: Event[Any]) -> bytes:
    """SHA-256 of what the sender said, without what the gateway added: a second sealing is no second content."""
    said = command.data.model_dump_json(exclude=_DOORS_OWN)
    return hashlib.sha256(f"{command.envelope.type}\n{said}".encode()).digest()
