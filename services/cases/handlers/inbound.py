"""Commands that units sent through the gateway: decided by the same code as those that come by HTTP."""

import hashlib
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from bus.commands import CommandDesk
from bus.uow import UnitOfWork
from schemas.facts import UnitCode
from services.cases.handlers.commands import Commands, Officer, Order
from services.cases.repository.cases import Cases
from services.policy import Actor

_ADDED_ON_THE_WAY = {"sealed", "personal", "erased"}


class VerifiedActor(BaseModel):
    """The header `actor`, which the gateway alone may write: who the topic proved the sender to be."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    person: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    unit: UnitCode
    roles: frozenset[str] = frozenset()

    def officer(self, stated: str | None) -> Officer:
        """The actor, with the name to record."""
        actor = Actor(person=self.person, unit=self.unit, roles=self.roles)
        return Officer.of(actor, self.person, stated)


class Inbound:
    """The handler of cases' inbound topic."""

    def __init__(self, desk: CommandDesk, commands: Commands) -> None:
        self._desk = desk
        self._commands = commands

    async def decide(self, commands: Sequence[Order], uow: UnitOfWork) -> None:
        """Carry the commands out in order, each once; the answer goes to its sender's feed."""
        # Locks are taken in the order of ids, as every batch takes them, before they are needed in the order sent.
        await Cases(uow.raw).lock_all({command.data.case_id for command in commands})
        for command in commands:
            officer = VerifiedActor.model_validate_json(command.actor or "{}").officer(command.data.officer)
            act = self._commands.act(command, officer)
            await self._desk.perform(command, officer.unit, _said(command), act, uow)


def _said(command: Order) -> bytes:
    """SHA-256 of what the sender said, without what is added on the way."""
    said = command.data.model_dump_json(exclude=_ADDED_ON_THE_WAY)
    return hashlib.sha256(f"{command.envelope.type}\n{said}".encode()).digest()
