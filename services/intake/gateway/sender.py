"""Whose topic a message came by, and what that unit's system may ask for."""

from dataclasses import dataclass
from datetime import date

from bus.errors import Refused
from schemas.messages import CommandData
from schemas.reference.book import ReferenceBook
from services.intake.gateway.problems import denied
from services.policy import Actor, Resource, Role, decide

PERSON = "system"
"""Who acts for a unit on Kafka; the officer whom a command names is recorded as stated, not proven."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A unit as its topic proves it, on one day."""

    unit: str
    desk: bool = False
    integrity_units: frozenset[str] = frozenset()

    @classmethod
    def of(cls, unit: str, book: ReferenceBook, at: date) -> "Sender":
        """The unit with what reference data say of it."""
        desk = any(found.code == unit for found in book.desks_at(at))
        return cls(unit, desk, book.integrity_units_at(at))

    @property
    def actor(self) -> Actor:
        """The unit's system account."""
        return Actor(person=PERSON, unit=self.unit, roles=frozenset({Role.SYSTEM.value}))

    def allow(self, command: type[CommandData]) -> None:
        """Raises Refused for a command that no record could make right; the owner decides about the record itself."""
        best_case = Resource(
            unit=self.unit,
            holder=self.unit if self.desk else None,
            lead=self.unit,
            competent=frozenset({self.unit}),
            integrity_units=self.integrity_units,
        )
        decision = decide(self.actor, command.KIND, best_case)
        if not decision.allowed:
            raise Refused(denied(decision), "/type")
